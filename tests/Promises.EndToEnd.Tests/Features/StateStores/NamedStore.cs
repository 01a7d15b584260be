using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>A store by a name of its own, with clusters that get a Promise once they are labelled for it. Where its repository is, is for the test to say.</summary>
internal sealed class NamedStore(ApiClient api) : IDisposable
{
    public string Name { get; } = Fleet.Name("s");

    /// <summary>For repositories and those who serve them.</summary>
    public TempDirectory Place { get; } = new();

    public JsonObject Document(string url, string branch = "main") => Named(Name, new JsonObject { ["git"] = new JsonObject { ["url"] = url, ["branch"] = branch } });

    public JsonObject Credential(string token) => Named(Name, new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = token });

    public JsonObject Cluster(string cluster, string? store = null) => Fleet.Cluster($"{Name}-{cluster}", spec: $$"""  "stateStore": {"name": "{{store ?? Name}}"}  """);

    public Task CredentialAsync(string token) => CreateAsync("/credentials", Credential(token));

    public Task RegisterAsync(string url, bool withCredential = false, string? store = null)
    {
        var document = Document(url);
        if (withCredential) document["spec"]!["git"]!["credentialsRef"] = Name;
        document["metadata"]!["name"] = store ?? Name;
        return CreateAsync("/state-stores", document);
    }

    public Task RegisterEmbeddedAsync() => CreateAsync("/state-stores", Named(Name, []));

    public Task ClusterAsync(string cluster, string? store = null) => CreateAsync("/clusters", Cluster(cluster, store));

    public Task PromiseAsync() => CreateAsync("/promises", Fleet.Promise($"{Name}-p", Fleet.Selecting("wants", Name), Name));

    public Task LabelAsync(string cluster) => api.DoneAsync("PUT", $"/clusters/{Name}-{cluster}/labels/wants", new JsonObject { ["value"] = Name });

    public async Task<JsonNode> StatusAsync() => (await api.GetAsync($"/state-stores/{Name}")).Json["status"]!;

    public Task SettledAsync() => Wait.UntilAsync(async () =>
        await StatusAsync() is var status && (int)status["pendingClusters"]! == 0 && status["lastCommit"] is not null && (string?)status["conditions"]![0]!["status"] == "True");

    public async Task<JsonNode> FailingAsync(string reason)
    {
        JsonNode status = null!;
        await Wait.UntilAsync(async () => (string?)(status = await StatusAsync())["conditions"]![0]!["reason"] == reason && status["nextTry"] is not null);
        ((string?)status["conditions"]![0]!["status"]).ShouldBe("False");
        return status;
    }

    /// <summary>The placement of the Promise on a cluster, once it is on the branch.</summary>
    public async Task<JsonNode> WrittenAsync(string cluster)
    {
        JsonNode found = null!;
        await Wait.UntilAsync(async () => (string?)(found = await api.PlacementAsync($"{Name}-p.{Name}-{cluster}"))["status"]!["state"] == "Written");
        return found;
    }

    public void Dispose() => Place.Dispose();

    private static JsonObject Named(string name, JsonObject spec) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };

    private async Task CreateAsync(string route, JsonObject document)
    {
        var reply = await api.PostAsync(route, document);
        reply.Status.ShouldBe(201, reply.Text);
    }
}
