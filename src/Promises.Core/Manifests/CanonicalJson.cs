using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>
/// One text for equal values: keys sorted by ordinal, no blanks, numbers as <see cref="NumberText"/> has them, nothing escaped that JSON
/// does not ask for. Digests are taken over it and stored, so its output must never change; hence no library writes it.
/// </summary>
public static class CanonicalJson
{
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    /// <summary>
    /// Reads what <see cref="Write(JsonNode?)"/> wrote. What clients send is at most <see cref="DocumentLimits.Depth"/> deep; kept within a document of ours it lies deeper,
    /// so the library's own limit would refuse what was accepted.
    /// </summary>
    public static JsonObject Read(string text) => JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 4 * DocumentLimits.Depth })!.AsObject();

    /// <summary><c>sha256:</c> and 64 hex digits.</summary>
    public static string Digest(JsonNode? node) => Digest(Write(node));

    /// <summary><c>sha256:</c> and 64 hex digits, over the UTF-8 of a text.</summary>
    public static string Digest(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                text.Append('{');
                foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (text[^1] != '{') text.Append(',');
                    WriteString(key, text);
                    text.Append(':');
                    Write(value, text);
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Write(list[i], text);
                }

                text.Append(']');
                break;
            case JsonValue value:
                WriteScalar(value, text);
                break;
        }
    }

    private static void WriteScalar(JsonValue value, StringBuilder text)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(value.GetValue<string>(), text);
                break;
            case JsonValueKind.Number:
                text.Append(NumberText.Canonical(value));
                break;
            default:
                text.Append(value.ToJsonString());
                break;
        }
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
