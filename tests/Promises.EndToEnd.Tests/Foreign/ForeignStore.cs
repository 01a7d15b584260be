using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>A store on a repository that others write to as well, with two clusters that have one Promise.</summary>
internal sealed class ForeignStore : IAsyncDisposable
{
    private readonly TempDirectory _place = new();
    private readonly ApiClient _api;

    private ForeignStore(ApiClient api, bool overHttp)
    {
        (_api, Name) = (api, Fleet.Name("foreign"));
        Repo = new GitRepo(_place["fleet.git"]);
        if (overHttp) Host = new GitHttpServer(_place.Path);
    }

    public string Name { get; }

    public GitRepo Repo { get; }

    public GitHttpServer? Host { get; }

    public string First => $"{Name}-a";

    public string Second => $"{Name}-b";

    public string Promise => $"{Name}-p";

    /// <summary>Where the objects of the Promise lie for the first cluster.</summary>
    public string Placement => $"clusters/{First}/placements/{Promise}";

    public static async Task<ForeignStore> StartAsync(ApiClient api, bool overHttp = false)
    {
        var store = new ForeignStore(api, overHttp);
        await api.DoneAsync("POST", "/state-stores", Document(store.Name, store.Host?.Url("fleet") ?? store.Repo.Url));
        await api.DoneAsync("POST", "/promises", Fleet.Promise(store.Promise, Fleet.Selecting("store", store.Name), "x,y"));
        await store.RegisterAsync("a");
        await store.SettledAsync();
        await store.RegisterAsync("b");
        await store.SettledAsync();
        return store;
    }

    public static JsonObject Document(string name, string url) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["git"] = new JsonObject { ["url"] = url } },
    };

    public Task RegisterAsync(string cluster) => _api.DoneAsync(
        "POST", "/clusters", Fleet.Cluster($"{Name}-{cluster}", $"store={Name}", $$"""  "stateStore": {"name": "{{Name}}"}  """));

    public Task SettledAsync() => Wait.UntilAsync(async () =>
        await StatusAsync() is var status && (int)status["pendingClusters"]! == 0 && (string?)status["lastCommit"] == Repo.Head() && (string?)status["conditions"]![0]!["status"] == "True", TimeSpan.FromSeconds(60));

    public async Task<JsonNode> StatusAsync() => (await _api.GetAsync($"/state-stores/{Name}")).Json["status"]!;

    /// <summary>What is on the branch of ours: path to mode and blob.</summary>
    public Dictionary<string, string> Ours(IEnumerable<string> paths)
    {
        var there = Repo.Entries();
        return paths.Where(there.ContainsKey).ToDictionary(path => path, path => there[path], StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in (await _api.GetAsync($"/clusters?limit=1000")).Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)
            .Where(cluster => cluster.StartsWith(Name + "-", StringComparison.Ordinal)).ToList()) await _api.DoneAsync("DELETE", $"/clusters/{cluster}?files=keep");
        await _api.DoneAsync("DELETE", $"/state-stores/{Name}");
        if (Host is not null) await Host.DisposeAsync();
        _place.Dispose();
    }
}
