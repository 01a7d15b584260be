using System.Text.Json.Nodes;

namespace Promises.EndToEnd.Tests.Support;

internal static class Tokens
{
    private static int s_count;

    public static JsonObject Document(string name, string role = "viewer", string? expiresAt = null)
    {
        var spec = new JsonObject { ["role"] = role };
        if (expiresAt is not null) spec["expiresAt"] = expiresAt;
        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
    }

    /// <summary>A name that no other test uses.</summary>
    public static string NewName() => $"t{Interlocked.Increment(ref s_count)}";

    /// <summary>A client with a token of this role.</summary>
    public static async Task<ApiClient> AsAsync(this ApiClient admin, string role)
    {
        var reply = await admin.PostAsync("/tokens", Document(NewName(), role));
        reply.Status.ShouldBe(201, reply.Text);
        return admin.With((string?)reply.Json["status"]!["token"]);
    }
}
