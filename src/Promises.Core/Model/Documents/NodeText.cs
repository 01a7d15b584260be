using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promises.Model.Documents;

/// <summary>JSON nodes in words, for messages.</summary>
internal static class NodeText
{
    /// <summary>A scalar as text with control characters made visible; null for objects, arrays and null.</summary>
    public static string? Of(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => Visible(node.GetValue<string>()),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
        _ => null,
    };

    public static string Visible(string text) =>
        !text.Any(char.IsControl) ? text : text.Aggregate(new StringBuilder(), (shown, c) =>
            char.IsControl(c) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : shown.Append(c)).ToString();

    public static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    public static bool IsString(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    public static string? String(JsonNode? node) => IsString(node) ? node!.GetValue<string>() : null;
}
