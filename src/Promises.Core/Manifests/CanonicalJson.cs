using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>One text for equal content: members sorted by ordinal, no white space.</summary>
public static class CanonicalJson
{
    public static string Write(JsonNode? node) => Sorted(node)?.ToJsonString() ?? "null";

    public static string Digest(JsonNode? node) => Digest(Write(node));

    public static string Digest(string text) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject obj => new JsonObject(obj.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
