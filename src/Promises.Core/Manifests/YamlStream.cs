using System.Text.Json;
using System.Text.Json.Nodes;
using Promises.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Promises.Manifests;

/// <summary>Turns the events of a YAML parser into documents: tags, keys, anchors, aliases.</summary>
internal sealed class YamlStream
{
    private readonly List<SourceDocument> _documents = [];

    /// <summary>Finished values by anchor; null while the anchored object or list is still open.</summary>
    private readonly Dictionary<AnchorName, Built?> _anchors = [];
    private readonly Stack<AnchorName> _open = new();
    private DocumentBuilder _builder;
    private int _copiedNodes;
    private int _copiedCharacters;

    // Depth within an object or list that is used as a key and left out.
    private int _skipping;

    public YamlStream() => _builder = new DocumentBuilder(Errors);

    public ReadErrors Errors { get; } = new();

    public IReadOnlyList<SourceDocument> Documents => _documents;

    /// <summary>The character that stands in for control characters, and the name of the first of those.</summary>
    public (char Character, string For)? StandIn { get; init; }

    public void Take(ParsingEvent current)
    {
        if (_skipping > 0)
        {
            _skipping += current.NestingIncrease;
            if (_skipping > DocumentLimits.Depth) Errors.AddFatal(_builder.Pointer(), null, Rules.TooDeep, "Use a string as the key.");
            return;
        }

        switch (current)
        {
            case DocumentStart:
                _builder = new DocumentBuilder(Errors);
                _anchors.Clear();
                Errors.Document = _documents.Count;
                break;
            case DocumentEnd:
                End();
                break;
            case MappingStart mapping:
                Begin(mapping, new JsonObject(), "map");
                break;
            case SequenceStart sequence:
                Begin(sequence, new JsonArray(), "seq");
                break;
            case MappingEnd or SequenceEnd:
                Remember(_open.Pop(), _builder.End());
                break;
            case Scalar scalar:
                Take(scalar);
                break;
            case AnchorAlias alias:
                Take(alias);
                break;
        }
    }

    private void End()
    {
        if (_builder.Root is not { } root) return;
        if (_documents.Count == DocumentLimits.Documents)
        {
            Errors.AddFatal("", null, Rules.TooLong, $"Send at most {DocumentLimits.Documents} documents at once.");
            return;
        }

        _documents.Add(new SourceDocument(_documents.Count, root));
    }

    private void Begin(NodeEvent start, JsonNode container, string kind)
    {
        if (_builder.ExpectsKey)
        {
            RefuseKey();
            _skipping = 1;
            return;
        }

        var tag = YamlTags.Core(start.Tag);
        if (tag is null) RefuseTag(start);
        else if (tag.Length > 0 && tag != kind && !start.Tag.IsNonSpecific) WrongType(start.Tag, "");

        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = null;
        _open.Push(start.Anchor);
        _builder.Begin(container);
    }

    private void Take(Scalar scalar)
    {
        var value = Read(scalar);
        if (_builder.ExpectsKey) Key(value, scalar is { Style: ScalarStyle.Plain, Tag.IsEmpty: true });
        else Put(value);
        Remember(scalar.Anchor, new Built(Node(value), 1, scalar.Value.Length, 0));
    }

    private YamlScalar Read(Scalar scalar)
    {
        var text = scalar.Value;
        if (StandIn is { } standIn && text.Contains(standIn.Character))
        {
            Errors.Add(_builder.Pointer(), standIn.For, Rules.ControlCharacter, DocumentBuilder.ControlRemedy);
            return new(ScalarKind.String, "");
        }

        var tag = YamlTags.Core(scalar.Tag);
        if (tag is null) RefuseTag(scalar);
        if (tag is null || (tag.Length == 0 && scalar.Style != ScalarStyle.Plain)) return new(ScalarKind.String, text);

        var value = tag.Length == 0 ? YamlScalar.Plain(text) : YamlTags.Read(tag, text);
        if (value is null) WrongType(scalar.Tag, text);
        return value ?? new(ScalarKind.String, text);
    }

    private void Key(YamlScalar key, bool mayMerge)
    {
        if (mayMerge && key.Text == "<<")
        {
            _builder.MergeKey();
        }
        else if (key.Kind is ScalarKind.Null or ScalarKind.NotFinite or ScalarKind.OutOfRange)
        {
            RefuseKey();
        }
        else
        {
            _builder.Key(key.Text);
        }
    }

    private void Put(YamlScalar value)
    {
        if (value.Kind == ScalarKind.String)
        {
            _builder.String(value.Text);
            return;
        }

        if (value.Kind == ScalarKind.NotFinite) Errors.Add(_builder.Pointer(), value.Text, Rules.WrongType, "JSON has no infinity and no NaN: write a number, or quote it.");
        if (value.Kind == ScalarKind.OutOfRange) Errors.Add(_builder.Pointer(), null, Rules.Range, JsonDocumentReader.NumberRemedy);
        _builder.Scalar(Node(value), value.Text.Length);
    }

    private void Take(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var found)) throw new AnchorNotFoundException(alias.Start, alias.End, $"There is no anchor {alias.Value} before this alias.");
        if (found is not { } value)
        {
            Errors.AddFatal(_builder.Pointer(), null, Rules.Aliases, "An alias cannot stand within what it names.");
            return;
        }

        if (_builder.ExpectsKey)
        {
            if (value.Node is JsonValue key) _builder.Key(key.GetValueKind() == JsonValueKind.String ? key.GetValue<string>() : key.ToJsonString());
            else RefuseKey();
            return;
        }

        _copiedNodes += value.Nodes;
        _copiedCharacters += value.Characters;
        if (_copiedNodes > DocumentLimits.Nodes || _copiedCharacters > DocumentLimits.Characters || _builder.Nodes + value.Nodes > DocumentLimits.Nodes)
        {
            Errors.AddFatal(_builder.Pointer(), null, Rules.Aliases, $"Aliases may grow the documents by {DocumentLimits.Nodes} values and {DocumentLimits.Characters} characters: write out less.");
            return;
        }

        _builder.Copy(value);
    }

    private void Remember(AnchorName anchor, Built value)
    {
        if (!anchor.IsEmpty) _anchors[anchor] = value;
    }

    private void RefuseKey()
    {
        Errors.Add(_builder.Pointer(), null, Rules.WrongType, "Use a string as the key.");
        _builder.UnusableKey("?");
    }

    private void RefuseTag(NodeEvent node) =>
        Errors.Add(_builder.Pointer(), node.Tag.Value, Rules.YamlTag, "Remove the tag; only str, int, float, bool, null, map and seq of YAML's core schema are taken.");

    private void WrongType(TagName tag, string text) =>
        Errors.Add(_builder.Pointer(), text, Rules.WrongType, $"This is not what the tag {tag.Value} says.");

    private static JsonNode? Node(YamlScalar scalar) => scalar.Kind switch
    {
        ScalarKind.String => JsonValue.Create(scalar.Text),
        ScalarKind.Boolean => JsonValue.Create(scalar.Text == "true"),
        ScalarKind.Number => NumberText.Node(scalar.Text),
        _ => null,
    };
}
