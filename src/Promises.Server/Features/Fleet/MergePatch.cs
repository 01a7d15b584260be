using System.Text.Json.Nodes;

namespace Promises.Server.Features.Fleet;

/// <summary>JSON merge patch, RFC 7396.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members) return patch?.DeepClone();

        var result = target as JsonObject ?? [];
        foreach (var (name, value) in members)
        {
            if (value is null)
            {
                result.Remove(name);
                continue;
            }

            var current = result[name];
            result.Remove(name);
            result[name] = Apply(current, value);
        }

        return result;
    }
}
