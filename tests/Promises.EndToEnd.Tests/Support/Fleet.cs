using System.Text.Json.Nodes;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>A fleet in few words: documents, writes that are confirmed, and waiting for the branch.</summary>
internal static class Fleet
{
    private static int s_count;

    /// <summary>A name that no other test uses.</summary>
    public static string Name(string prefix) => $"{prefix}{Interlocked.Increment(ref s_count)}";

    public static JsonObject Node(string json) => JsonNode.Parse(json)!.AsObject();

    /// <param name="labels">As in <c>team=A,tier=gold</c>.</param>
    /// <param name="spec">Members of spec in JSON, without braces.</param>
    public static JsonObject Cluster(string name, string labels = "", string spec = "")
    {
        var set = new JsonObject(labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], (JsonNode?)pair[1])));
        return new JsonObject { ["kind"] = "Cluster", ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = set }, ["spec"] = Node($"{{{spec}}}") };
    }

    /// <param name="placement">Members of placement in JSON, without braces.</param>
    /// <param name="objects">Names of ConfigMaps; <c>name=1</c> for one with that content.</param>
    /// <param name="spec">Further members of spec, without braces.</param>
    public static JsonObject Promise(string name, string placement, string objects = "", string spec = "")
    {
        var content = Node($"{{{spec}}}");
        content["placement"] = Node($"{{{placement}}}");
        content["dependencies"] = new JsonArray([.. objects.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(item => (JsonNode)Node(
            $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{item.Split('=')[0]}}", "namespace": "default"}, "data": {"x": "{{item}}"} }"""))]);
        return new JsonObject { ["kind"] = "Promise", ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = content };
    }

    public static string Selecting(string key, string value) => $$$"""  "clusterSelector": {"matchLabels": {"{{{key}}}": "{{{value}}}"}}  """;

    public static Task<Reply> PutAsync(this ApiClient client, string path, JsonNode body, params (string, string)[] headers) =>
        client.SendAsync("PUT", path, body.ToJsonString(), headers: headers);

    /// <summary>A write that has to work; one that removes is confirmed.</summary>
    public static async Task<Reply> DoneAsync(this ApiClient client, string method, string path, JsonNode? body = null)
    {
        var reply = await client.SendAsync(method, path, body?.ToJsonString());
        if (reply.Status == 409 && reply.Code == "impact-confirmation-required")
            reply = await client.SendAsync(method, path, body?.ToJsonString(), headers: ("Impact-Token", (string)reply.Json["impactToken"]!));
        reply.Status.ShouldBeOneOf([200, 201], $"{method} {path}: {reply.Text}");
        return reply;
    }

    public static async Task SettledAsync(this ApiClient client)
    {
        await Wait.UntilAsync(async () => (await client.GetAsync("/state-stores")).Json["items"]!.AsArray().All(store => (int)store!["status"]!["pendingClusters"]! == 0));
        await Wait.UntilAsync(async () => (await client.GetAsync("/placements?state=Withdrawing")).Json["items"]!.AsArray().Count == 0);
    }

    public static async Task<JsonNode> PlacementAsync(this ApiClient client, string name)
    {
        var reply = await client.GetAsync($"/placements/{name}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Json;
    }

    public static async Task<string> StateAsync(this ApiClient client, string name) => (string)(await client.PlacementAsync(name))["status"]!["state"]!;

    public static async Task<JsonNode> VerdictAsync(this ApiClient client, string promise, string cluster)
    {
        var reply = await client.GetAsync($"/explain?promise={promise}&cluster={cluster}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Json["items"]!.AsArray().ShouldHaveSingleItem()!;
    }

    public static GitRepo Embedded(this TestServer server, string store = "default") => new(Path.Combine(server.DataDirectory, "stores", $"{store}.git"), init: false);

    /// <summary>Path to blob of all that the branch holds.</summary>
    public static Dictionary<string, string> Tree(this GitRepo repository) => repository.Head() is null
        ? []
        : repository.In("ls-tree", "-r", "-z", "main").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[1], parts => parts[0].Split(' ')[2], StringComparer.Ordinal);
}
