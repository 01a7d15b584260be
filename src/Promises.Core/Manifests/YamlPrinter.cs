using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>
/// Canonical YAML: block style, two spaces, keys sorted by ordinal (of the outermost object first apiVersion, kind and metadata), no
/// anchors, tags, comments or folded lines. Equal values give equal bytes, and YAML 1.1 and 1.2 readers read them alike.
/// </summary>
public static class YamlPrinter
{
    // Readers give up on a key without a question mark after 1024 characters.
    private const int LongKey = 1000;

    /// <summary>The text of one document, with line feeds, ending in one.</summary>
    public static string Print(JsonNode? node)
    {
        var text = new StringBuilder();
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                Mapping(text, map, 0, inline: false, outermost: true);
                break;
            case JsonArray { Count: > 0 } list:
                Sequence(text, list, 0, inline: false);
                break;
            default:
                // A block of its own would be indented by nothing, which readers take differently.
                text.Append(Scalar(node)).Append('\n');
                break;
        }

        return text.ToString();
    }

    private static void Mapping(StringBuilder text, JsonObject map, int indent, bool inline, bool outermost = false)
    {
        var pairs = map.ToArray();
        Array.Sort(pairs, outermost ? Outermost : Inner);
        foreach (var (name, value) in pairs)
        {
            if (!inline) text.Append(' ', indent);
            inline = false;
            var key = YamlText.Key(name);
            if (key.Length > LongKey) text.Append("? ").Append(key).Append('\n').Append(' ', indent).Append(':');
            else text.Append(key).Append(':');

            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    Mapping(text, inner, indent + 2, inline: false);
                    break;
                case JsonArray { Count: > 0 } list:
                    text.Append('\n');
                    Sequence(text, list, indent, inline: false);
                    break;
                default:
                    text.Append(' ');
                    Leaf(text, value, indent + 2);
                    break;
            }
        }
    }

    private static void Sequence(StringBuilder text, JsonArray list, int indent, bool inline)
    {
        foreach (var item in list)
        {
            if (!inline) text.Append(' ', indent);
            inline = false;
            text.Append("- ");
            switch (item)
            {
                case JsonObject { Count: > 0 } map:
                    Mapping(text, map, indent + 2, inline: true);
                    break;
                case JsonArray { Count: > 0 } inner:
                    Sequence(text, inner, indent + 2, inline: true);
                    break;
                default:
                    Leaf(text, item, indent + 2);
                    break;
            }
        }
    }

    private static void Leaf(StringBuilder text, JsonNode? value, int indent)
    {
        if (value is not JsonValue scalar || scalar.GetValueKind() != JsonValueKind.String || !YamlText.IsBlock(scalar.GetValue<string>()))
        {
            text.Append(Scalar(value)).Append('\n');
            return;
        }

        var block = scalar.GetValue<string>();
        text.Append(YamlText.BlockHeader(block)).Append('\n');
        var lines = block.EndsWith('\n') ? block[..^1] : block;
        foreach (var line in lines.Split('\n'))
        {
            if (line.Length > 0) text.Append(' ', indent).Append(line);
            text.Append('\n');
        }
    }

    private static string Scalar(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => YamlText.Line(value.GetValue<string>()),
            JsonValueKind.Number => NumberText.Canonical(value),
            _ => value.ToJsonString(),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static int Inner(KeyValuePair<string, JsonNode?> one, KeyValuePair<string, JsonNode?> other) => string.CompareOrdinal(one.Key, other.Key);

    private static int Outermost(KeyValuePair<string, JsonNode?> one, KeyValuePair<string, JsonNode?> other) =>
        Rank(one.Key) - Rank(other.Key) is not 0 and var rank ? rank : Inner(one, other);

    private static int Rank(string key) => key switch { "apiVersion" => 0, "kind" => 1, "metadata" => 2, _ => 3 };
}
