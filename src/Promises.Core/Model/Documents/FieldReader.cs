using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promises.Model.Documents;

/// <summary>
/// A cursor over one JSON object. Each read names a known field, so what is left at <see cref="Done"/> is unknown. Null counts as absent.
/// Mistakes go to the <see cref="Findings"/>; a read that found one answers as if the field were absent.
/// </summary>
public sealed class FieldReader
{
    private readonly JsonObject _object;
    private readonly bool _secret;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private FieldReader(JsonObject obj, string pointer, Findings findings, bool secret) =>
        (_object, Pointer, Findings, _secret) = (obj, pointer, findings, secret);

    public string Pointer { get; }

    public Findings Findings { get; }

    /// <summary>The object that is read.</summary>
    public JsonObject Source => _object;

    /// <summary>A reader of a node that must be an object; null, and an error, where it is none.</summary>
    /// <param name="secret">Whether values are kept out of errors.</param>
    public static FieldReader? Of(JsonNode? node, string pointer, Findings findings, bool secret = false)
    {
        if (node is JsonObject obj) return new(obj, pointer, findings, secret);
        findings.Error(pointer, secret ? null : NodeText.Of(node), Rules.WrongType, WrongType("an object", node));
        return null;
    }

    public string PointerTo(string field) => JsonPointer.Append(Pointer, field);

    /// <summary>The node as it is; null where absent.</summary>
    public JsonNode? Node(string field)
    {
        _known.Add(field);
        return _object.TryGetPropertyValue(field, out var node) ? node : null;
    }

    public bool Has(string field) => Node(field) is not null;

    /// <summary>Names fields that are known and of no interest.</summary>
    public void Ignore(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) Node(field);
    }

    /// <summary>Text without control characters, or with tabs and line ends only where it may have several lines.</summary>
    public string? String(string field, bool required = false, bool severalLines = false, int atMost = int.MaxValue, bool secret = false)
    {
        var node = Node(field);
        if (node is null) return Missing<string>(field, required);
        if (!NodeText.IsString(node)) return Wrong<string>(field, "a string");

        var text = node.GetValue<string>();
        var shown = secret ? null : NodeText.Visible(text);
        if (text.Any(c => char.IsControl(c) && !(severalLines && c is '\t' or '\n' or '\r')))
            Findings.Error(PointerTo(field), Shown(shown), Rules.ControlCharacter, "Take the control characters out.");
        else if (text.Length > atMost)
            Findings.Error(PointerTo(field), Shown(shown), Rules.TooLong, $"Use at most {atMost} characters.");
        else if (required && text.Length == 0)
            Findings.Error(PointerTo(field), "", Rules.Required, $"Give {field} a value.");
        else
            return text;
        return null;
    }

    public bool? Flag(string field)
    {
        var node = Node(field);
        return node?.GetValueKind() switch { null => null, JsonValueKind.True => true, JsonValueKind.False => false, _ => Wrong<bool?>(field, "true or false") };
    }

    public int? Integer(string field, int from, int to, bool required = false)
    {
        var node = Node(field);
        if (node is null) return Missing<int?>(field, required);
        if (node.GetValueKind() != JsonValueKind.Number
            || !decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || number != decimal.Truncate(number))
            return Wrong<int?>(field, "a whole number");
        if (number >= from && number <= to) return (int)number;

        Error(field, Rules.Range, $"Use {from} to {to}.");
        return null;
    }

    /// <summary>One of some words, each standing for a value.</summary>
    public T? Word<T>(string field, IReadOnlyList<(string Word, T Value)> words, bool required = false) where T : struct
    {
        var text = String(field, required);
        if (text is null) return null;
        foreach (var (word, value) in words)
        {
            if (word == text) return value;
        }

        Error(field, Rules.Enum, $"Use {string.Join(" or ", words.Select(w => w.Word))}.");
        return null;
    }

    /// <summary>A nested object; null where absent.</summary>
    public FieldReader? Object(string field, bool required = false, bool secret = false)
    {
        var node = Node(field);
        return node is null ? Missing<FieldReader>(field, required) : Of(node, PointerTo(field), Findings, secret || _secret);
    }

    /// <summary>A nested object, an empty one where absent, so that what is required in it is asked for.</summary>
    public FieldReader ObjectOrEmpty(string field, bool secret = false) =>
        Has(field) && Object(field, secret: secret) is { } reader ? reader : new([], PointerTo(field), Findings, secret || _secret)
        {
            // What is not an object has its error already; asking for its fields would only repeat it.
            IsBroken = Has(field),
        };

    /// <summary>Whether something else stands where this object should be.</summary>
    public bool IsBroken { get; private init; }

    /// <summary>The items of a list with their pointers; none where absent.</summary>
    public IReadOnlyList<(JsonNode? Node, string Pointer)> Items(string field)
    {
        var node = Node(field);
        if (node is JsonArray array) return [.. array.Select((item, i) => (item, JsonPointer.Append(PointerTo(field), i)))];
        if (node is not null) Wrong<string>(field, "a list");
        return [];
    }

    /// <summary>The items of a list of objects.</summary>
    public IReadOnlyList<FieldReader> Objects(string field) =>
        [.. Items(field).Select(item => Of(item.Node, item.Pointer, Findings, _secret)).OfType<FieldReader>()];

    /// <summary>The items of a list of strings, with their pointers.</summary>
    public IReadOnlyList<(string Text, string Pointer)> Strings(string field)
    {
        var strings = new List<(string, string)>();
        foreach (var (node, pointer) in Items(field))
        {
            if (!NodeText.IsString(node)) Findings.Error(pointer, Shown(NodeText.Of(node)), Rules.WrongType, WrongType("a string", node));
            else if (node!.GetValue<string>().Any(char.IsControl)) Findings.Error(pointer, Shown(NodeText.Of(node)), Rules.ControlCharacter, "Take the control characters out.");
            else strings.Add((node.GetValue<string>(), pointer));
        }

        return strings;
    }

    /// <summary>Says that a field is known and does not work yet.</summary>
    public void NotYet(string field, string remedy)
    {
        if (Has(field)) Findings.Error(PointerTo(field), null, Rules.NotSupportedYet, remedy);
    }

    public void Error(string field, string rule, string remedy) => Findings.Error(PointerTo(field), Shown(NodeText.Of(Node(field))), rule, remedy);

    /// <summary>Reports every field that was not asked for.</summary>
    /// <param name="hideValues">Where a mistaken field may well hold a secret.</param>
    public void Done(bool hideValues = false)
    {
        foreach (var (field, node) in _object.Where(m => !_known.Contains(m.Key)))
            Findings.Error(PointerTo(field), hideValues ? null : Shown(NodeText.Of(node)), Rules.UnknownField, NearestName.Remedy(field, _known, "The known fields are"));
    }

    internal static string WrongType(string expected, JsonNode? found) =>
        expected == "a string" && found?.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
            ? $"Give a string, not {NodeText.Kind(found)}: put it in quotes."
            : $"Give {expected}, not {NodeText.Kind(found)}.";

    private string? Shown(string? value) => _secret ? null : value;

    private T? Missing<T>(string field, bool required)
    {
        if (required && !IsBroken) Findings.Error(PointerTo(field), null, Rules.Required, $"Give {field} a value.");
        return default;
    }

    private T? Wrong<T>(string field, string expected)
    {
        Error(field, Rules.WrongType, WrongType(expected, Node(field)));
        return default;
    }
}
