using System.Text;
using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>
/// Builds one document from the events of a parser, iteratively, and holds it to <see cref="DocumentLimits"/>. Knows neither YAML nor JSON.
/// </summary>
internal sealed class DocumentBuilder(ReadErrors errors)
{
    public const string ControlRemedy = "Remove the control character; only tab, line feed and carriage return are taken.";

    private readonly Stack<Frame> _frames = new();

    public JsonNode? Root { get; private set; }

    /// <summary>Values so far, with those that aliases added.</summary>
    public int Nodes { get; private set; }

    /// <summary>Characters of keys and scalars so far, with those that aliases added.</summary>
    public int Characters { get; private set; }

    public bool ExpectsKey => _frames.TryPeek(out var frame) && frame is { Node: JsonObject, Key: null };

    /// <summary>Where the value that comes next belongs.</summary>
    public string Pointer()
    {
        var pointer = new StringBuilder();
        foreach (var frame in _frames.Reverse())
        {
            if (frame.Node is JsonArray list) pointer.Append('/').Append(list.Count);
            else if (frame.Key is { } key) pointer.Append('/').Append(Pointers.Escape(key));
        }

        return pointer.ToString();
    }

    /// <summary>The name of the value that comes next.</summary>
    public void Key(string key)
    {
        var frame = _frames.Peek();
        frame.Key = key;
        if (Encoding.UTF8.GetByteCount(key) > DocumentLimits.KeyBytes)
        {
            // The key itself would make the pointer, and every later one, as long.
            frame.Key = key[..40] + "…";
            frame.Drop = true;
            errors.Add(Pointer(), null, Rules.TooLong, $"Keep keys to {DocumentLimits.KeyBytes} bytes.");
            return;
        }

        Refuse(ControlCharacters.IndexIn(key), key);
        Spend(0, key.Length);
        if (!((JsonObject)frame.Node).ContainsKey(key)) return;

        frame.Drop = true;
        errors.Add(Pointer(), key, Rules.DuplicateKey, "Keep this key once: readers disagree about which one counts.");
    }

    /// <summary>The key cannot be used: its value is checked, and left out.</summary>
    public void UnusableKey(string shown)
    {
        var frame = _frames.Peek();
        (frame.Key, frame.Drop) = (shown, true);
    }

    /// <summary>The next value is to be merged into the object (<c>&lt;&lt;</c>); once in each object.</summary>
    public void MergeKey()
    {
        var frame = _frames.Peek();
        frame.Key = "<<";
        if (frame.Merged)
        {
            frame.Drop = true;
            errors.Add(Pointer(), "<<", Rules.DuplicateKey, "Use one merge key; it may name a list of mappings.");
        }

        (frame.Merge, frame.Merged) = (!frame.Drop, true);
    }

    public void Begin(JsonNode container)
    {
        if (_frames.Count >= DocumentLimits.Depth)
        {
            TooDeep();
            return;
        }

        Spend(1, 0);
        _frames.Push(new Frame(container, Nodes - 1, Characters));
    }

    public Built End()
    {
        var frame = _frames.Pop();
        if (frame.Inherited is { } inherited)
        {
            foreach (var (key, value) in inherited.Where(pair => !((JsonObject)frame.Node).ContainsKey(pair.Key)).ToList())
            {
                inherited.Remove(key);
                ((JsonObject)frame.Node).Add(key, value);
            }
        }

        Attach(frame.Node, frame.Height + 1);
        return new Built(frame.Node, Nodes - frame.NodesBefore, Characters - frame.CharactersBefore, frame.Height + 1);
    }

    public void String(string value)
    {
        if (value.Length > DocumentLimits.ScalarBytes / 3 && Encoding.UTF8.GetByteCount(value) > DocumentLimits.ScalarBytes)
        {
            errors.Add(Pointer(), null, Rules.TooLong, $"Keep one value to {DocumentLimits.ScalarBytes} bytes.");
            value = "";
        }

        Refuse(ControlCharacters.IndexIn(value), value);
        Scalar(JsonValue.Create(value), value.Length);
    }

    public void Scalar(JsonNode? value, int characters)
    {
        Spend(1, characters);
        Attach(value, 0);
    }

    /// <summary>Puts a copy of an earlier value here; the caller has checked what it costs.</summary>
    public void Copy(Built value)
    {
        if (_frames.Count + value.Height > DocumentLimits.Depth)
        {
            TooDeep();
            return;
        }

        Spend(value.Nodes, value.Characters);
        Attach(value.Node?.DeepClone(), value.Height);
    }

    private void Attach(JsonNode? value, int height)
    {
        if (!_frames.TryPeek(out var frame))
        {
            Root = value;
            return;
        }

        frame.Height = Math.Max(frame.Height, height);
        if (frame.Node is JsonArray list) list.Add(value);
        else if (frame.Merge) Merge(frame, value);
        else if (!frame.Drop) ((JsonObject)frame.Node).Add(frame.Key!, value);
        (frame.Key, frame.Drop, frame.Merge) = (null, false, false);
    }

    private void Merge(Frame frame, JsonNode? value)
    {
        var sources = value as JsonArray ?? [value];
        frame.Inherited = [];
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not JsonObject source)
            {
                errors.Add(Pointer(), null, Rules.WrongType, "A merge key (<<) takes a mapping, or a list of mappings.");
                continue;
            }

            foreach (var (key, member) in source.ToList())
            {
                source.Remove(key);
                frame.Inherited.TryAdd(key, member);
            }
        }
    }

    private void Refuse(int control, string value)
    {
        if (control < 0) return;
        errors.Add(Pointer(), ControlCharacters.Name(value[control]), Rules.ControlCharacter, ControlRemedy);
    }

    private void Spend(int nodes, int characters)
    {
        (Nodes, Characters) = (Nodes + nodes, Characters + characters);
        if (Nodes > DocumentLimits.Nodes && !errors.Fatal)
        {
            errors.AddFatal("", null, Rules.TooLong, $"Keep a document to {DocumentLimits.Nodes} values.");
        }
    }

    private void TooDeep() =>
        errors.AddFatal(Pointer(), null, Rules.TooDeep, $"Nest objects and lists at most {DocumentLimits.Depth} levels deep.");

    private sealed class Frame(JsonNode node, int nodesBefore, int charactersBefore)
    {
        public JsonNode Node => node;

        public int NodesBefore => nodesBefore;

        public int CharactersBefore => charactersBefore;

        public string? Key { get; set; }

        /// <summary>The value of <see cref="Key"/> is checked but not kept.</summary>
        public bool Drop { get; set; }

        public bool Merge { get; set; }

        public bool Merged { get; set; }

        public JsonObject? Inherited { get; set; }

        /// <summary>Levels of objects and lists below this one.</summary>
        public int Height { get; set; }
    }
}
