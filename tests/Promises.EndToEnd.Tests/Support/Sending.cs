using System.Text.Json.Nodes;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>Requests as tests write them: a method, a path, JSON as text.</summary>
internal static class Sending
{
    public static Task<Reply> PostTextAsync(this ApiClient client, string path, string json, params (string Name, string Value)[] headers) =>
        client.SendAsync("POST", path, json, headers: headers);

    public static Task<Reply> PutAsync(this ApiClient client, string path, string json, params (string Name, string Value)[] headers) =>
        client.SendAsync("PUT", path, json, headers: headers);

    public static Task<Reply> PatchAsync(this ApiClient client, string path, string json, params (string Name, string Value)[] headers) =>
        client.SendAsync("PATCH", path, json, "application/merge-patch+json", headers);

    /// <summary>The fleet version: it moves with every accepted change, and with nothing else.</summary>
    public static async Task<string> VersionAsync(this ApiClient client) => (await client.GetAsync("/changes?limit=1")).Text("/metadata/resourceVersion")!;

    /// <summary>The same request again, with the token of the impact that was shown.</summary>
    public static async Task<Reply> DeleteConfirmedAsync(this ApiClient client, string path)
    {
        var refused = (await client.DeleteAsync(path)).ShouldBeProblem(409, "impact-confirmation-required");
        return await client.DeleteAsync(path, ("Impact-Token", refused.Text("/impactToken")!));
    }

    /// <summary>What stands at a pointer of the answer; null if nothing does.</summary>
    public static JsonNode? At(this Reply reply, string pointer) => pointer.Split('/').Skip(1)
        .Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
        .Aggregate((JsonNode?)reply.Json, (node, part) => node is JsonArray list ? list.ElementAtOrDefault(int.Parse(part)) : node?[part]);

    public static string? Text(this Reply reply, string pointer) => reply.At(pointer)?.ToString();

    /// <summary>Compact JSON of what stands there, to be compared as a whole.</summary>
    public static string? Json(this Reply reply, string pointer) => reply.At(pointer)?.ToJsonString();

    /// <summary>Pointers and rules of all mistakes, as <c>pointer rule</c>.</summary>
    public static IReadOnlyList<string> Mistakes(this Reply reply) =>
        [.. reply.ShouldBeProblem(422, "invalid").Json["errors"]!.AsArray().Select(error => $"{error!["pointer"]} {error["rule"]}")];

    public static Reply ShouldBe(this Reply reply, int status)
    {
        reply.Status.ShouldBe(status, reply.Text);
        return reply;
    }
}
