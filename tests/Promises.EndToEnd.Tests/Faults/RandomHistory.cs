using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>
/// Random writes through any number of servers, over a Git host that misbehaves in every way it knows. Which writes and which faults come follows from the seed
/// alone; how they interleave does not, so a seed that failed is run again some times.
/// </summary>
internal sealed class RandomHistory(int seed, IReadOnlyList<ApiClient> servers, GitHttpServer host, string store)
{
    private static readonly string[] s_clusters = ["c1", "c2", "c3", "c4", "c5"];
    private static readonly string[] s_promises = ["p1", "p2", "p3"];

    private readonly ConcurrentDictionary<long, ModelWrite> _accepted = [];
    private readonly Random _faults = new(seed);
    private int _generation;
    private int _token;

    public async Task PrepareAsync()
    {
        var api = servers[0];
        await api.DoneAsync("PUT", "/credentials/writer", Credential(host.Token!));
        await api.DoneAsync("PUT", $"/state-stores/{store}", Fleet.Node($$"""{"spec": {"git": {"url": "{{host.Url(store)}}", "credentialsRef": "writer"} } }"""));
        foreach (var cluster in s_clusters)
            await api.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, "", $$""" "environment": "{{Environment(cluster)}}", "stateStore": {"name": "{{store}}"} """));
    }

    /// <summary>Each server gets this many writes, one after the other; the servers at the same time.</summary>
    public async Task RunAsync(int writes)
    {
        await Task.WhenAll(servers.Select(async (api, index) =>
        {
            var random = new Random((seed * 31) + index);
            for (var i = 0; i < writes; i++)
            {
                if (random.Next(3) == 0) await MisbehaveAsync(api);
                await WriteAsync(api, random);
            }
        }));
    }

    /// <summary>Some writes a second to the first server for as long as something else goes on, while the host behaves.</summary>
    public async Task RunAsync(Task meanwhile)
    {
        var random = new Random(seed * 31);
        while (!meanwhile.IsCompleted)
        {
            await WriteAsync(servers[0], random);
            await Task.WhenAny(meanwhile, Task.Delay(random.Next(20, 80), TestContext.Current.CancellationToken));
        }

        await meanwhile;
    }

    /// <summary>The host behaves again, and what is wanted arrives.</summary>
    public async Task RestAsync()
    {
        (host.Fault, host.Latency) = (GitFault.None, TimeSpan.Zero);
        await servers[0].DoneAsync("PUT", "/credentials/writer", Credential(host.Token!));
        var polls = 0;
        await Wait.UntilAsync(
            async () =>
            {
                // What failed until now waits, for a quarter of a minute at least, and a visit that began before may fail once more.
                if (polls++ % 100 == 0) (await servers[0].SendAsync("POST", $"/state-stores/{store}/sync", null)).Status.ShouldBe(202);
                return (int)(await servers[^1].GetAsync($"/state-stores/{store}")).Json["status"]!["pendingClusters"]! == 0;
            },
            TimeSpan.FromSeconds(45));
    }

    /// <summary>Holds every commit of the branch against the model at the version that the commit says it reflects.</summary>
    public void Check(GitRepo repository)
    {
        var model = new FleetModel();
        foreach (var cluster in s_clusters) model.Register(cluster, Environment(cluster));
        foreach (var promise in s_promises) model.Define(promise, Retains(promise));

        var branch = new BranchHistory(repository);
        var commits = branch.Read();
        commits.Select(commit => commit.Version).ShouldBeInOrder(SortDirection.Ascending, $"seed {seed}: older content came after newer");
        commits.SelectMany(commit => commit.Changes).ShouldBeUnique($"seed {seed}: a change stands in two commits");

        var writes = _accepted.OrderBy(write => write.Key).ToList();
        var next = 0;
        foreach (var commit in commits)
        {
            for (; next < writes.Count && writes[next].Key <= commit.Version; next++) model.Apply(writes[next].Value);
            commit.Files.Order().ShouldBe(model.Files.Order(), $"seed {seed}: commit {commit.Id} of version {commit.Version}");
            commit.Children.Order().ShouldBe(model.Files.Select(file => file[..file.LastIndexOf(' ')]).Order(), $"seed {seed}: children in {commit.Id}");
        }

        for (; next < writes.Count; next++) model.Apply(writes[next].Value);
        branch.Tip().Files.Order().ShouldBe(model.Files.Order(), $"seed {seed}: at rest");
    }

    private static string Environment(string cluster) => cluster is "c4" or "c5" ? "apps" : "ops";

    private static bool Retains(string promise) => promise == "p1";

    private static JsonObject Credential(string token) => Fleet.Node($$"""{"spec": {"type": "token", "username": "x", "token": "{{token}}"} }""");

    private async Task MisbehaveAsync(ApiClient api)
    {
        int choice;
        lock (_faults) choice = _faults.Next(12);
        switch (choice)
        {
            case 0 or 1:
                host.Fault = GitFault.DropAnswer;
                break;
            case 2:
                host.Fault = GitFault.CutRequest;
                break;
            case 3:
                host.Fault = GitFault.ServerError;
                break;
            case 4:
                host.Latency = TimeSpan.FromMilliseconds(100);
                break;
            case 5:
                // The credential expires, and somebody notices.
                host.Token = $"t{Interlocked.Increment(ref _token)}";
                await api.DoneAsync("PUT", "/credentials/writer", Credential(host.Token));
                break;
            default:
                (host.Fault, host.Latency) = (GitFault.None, TimeSpan.Zero);
                break;
        }
    }

    private async Task WriteAsync(ApiClient api, Random random)
    {
        var (write, method, path, body) = Next(random);
        var reply = await SendAsync(api, method, path, body);
        // Nothing to withdraw, nothing to promote, or removals that another write changed meanwhile: refused as a whole.
        if (reply.Status is not (200 or 201)) reply.Status.ShouldBeOneOf([404, 409, 422], reply.Text);
        else if (reply.Header("Promises-Change") is { } change)
            _accepted.TryAdd(long.Parse(change, CultureInfo.InvariantCulture), write).ShouldBeTrue($"seed {seed}: two writes have number {change}");
    }

    private static async Task<Reply> SendAsync(ApiClient api, string method, string path, JsonNode? body)
    {
        var reply = await api.SendAsync(method, path, body?.ToJsonString());
        for (var attempt = 0; attempt < 5 && reply.Status == 409 && reply.Json["impactToken"] is { } token; attempt++)
            reply = await api.SendAsync(method, path, body?.ToJsonString(), headers: ("Impact-Token", (string)token!));
        return reply;
    }

    private (ModelWrite Write, string Method, string Path, JsonNode? Body) Next(Random random)
    {
        var (cluster, promise, team) = (s_clusters[random.Next(s_clusters.Length)], s_promises[random.Next(s_promises.Length)], "AB"[random.Next(2)].ToString());
        switch (random.Next(10))
        {
            case 0:
                return (new ModelWrite.Label(cluster, null), "PATCH", $"/clusters/{cluster}", Fleet.Node("""{"metadata": {"labels": {"team": null} } }"""));
            case 1 or 2 or 3 or 4:
                return (new ModelWrite.Label(cluster, team), "PUT", $"/clusters/{cluster}/labels/team", Fleet.Node($$"""{"value": "{{team}}"}"""));
            case 5:
                return (new ModelWrite.Withdraw("p1", cluster), "DELETE", $"/placements/p1.{cluster}", null);
            case 6 or 7:
                return (new ModelWrite.Promote(promise), "POST", "/promotions", Fleet.Node($$"""{"spec": {"from": "ops", "to": "apps", "promises": ["{{promise}}"]} }"""));
            default:
                var generation = Interlocked.Increment(ref _generation);
                var placement = Fleet.Selecting("team", team) + (Retains(promise) ? "" : """, "onUnmatch": "Withdraw" """);
                return (new ModelWrite.Publish(promise, team, generation), "PUT", $"/promises/{promise}", Fleet.Promise(promise, placement, $"{promise}={generation}"));
        }
    }
}
