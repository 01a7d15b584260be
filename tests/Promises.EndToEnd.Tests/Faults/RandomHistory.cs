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
internal sealed class RandomHistory(int seed, IReadOnlyList<ApiClient> servers, GitHttpServer host, string store, bool offBoards = false)
{
    private readonly ConcurrentDictionary<long, ModelWrite> _accepted = [];
    private readonly Random _faults = new(seed);
    private readonly FleetWrites _writes = new(store, offBoards);
    private int _token;

    public async Task PrepareAsync()
    {
        var api = servers[0];
        await api.DoneAsync("PUT", "/credentials/writer", Credential(host.Token!));
        await api.DoneAsync("PUT", $"/state-stores/{store}", Fleet.Node($$"""{"spec": {"git": {"url": "{{host.Url(store)}}", "credentialsRef": "writer"} } }"""));
        foreach (var write in _writes.First) Accept(write, await api.DoneAsync(write.Method, write.Path, write.Body));
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

    /// <summary>The server that answers knows of every cluster that has left that its name is free and its directory too.</summary>
    public async Task ReturnAsync()
    {
        var api = servers[^1];
        var there = (await api.GetAsync("/clusters?limit=1000")).Json["items"]!.AsArray().Select(cluster => (string)cluster!["metadata"]!["name"]!).ToList();
        foreach (var write in _writes.Return(there)) Accept(write, (await SendAsync(api, write, isShown: false)).ShouldBe(201));
    }

    /// <summary>Holds every commit of the branch against the model at the version that the commit says it reflects.</summary>
    public void Check(GitRepo repository) => new HistoryCheck(seed, FleetWrites.Retains, _accepted).Run(repository);

    /// <summary>How many writes of a kind were accepted.</summary>
    public int Count<TWrite>(Func<TWrite, bool> which) where TWrite : ModelWrite => _accepted.Values.OfType<TWrite>().Count(which);

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
        var write = _writes.Next(random);
        var reply = await SendAsync(api, write, isShown: random.Next(2) == 0);
        // Not there, already there, nothing to promote, or removals that another write changed meanwhile: refused as a whole.
        if (reply.Status is not (200 or 201)) reply.Status.ShouldBeOneOf([404, 409, 422], reply.Text);
        Accept(write, reply);
    }

    private void Accept(FleetWrite write, Reply reply)
    {
        _writes.Done(write, reply);
        if (reply.Status is not (200 or 201) || reply.Header("Promises-Change") is not { } change) return;
        _accepted.TryAdd(long.Parse(change, CultureInfo.InvariantCulture), write.Model).ShouldBeTrue($"seed {seed}: two writes have number {change}");
    }

    /// <param name="isShown">What it removes is asked for before, and not only when it is refused.</param>
    private static async Task<Reply> SendAsync(ApiClient api, FleetWrite write, bool isShown)
    {
        var (path, body) = (write.Path, write.Body?.ToJsonString());
        var plan = isShown ? await api.SendAsync(write.Method, $"{path}{(path.Contains('?') ? '&' : '?')}dryRun=true", body) : null;
        var shown = plan is { Status: 200 } ? (string?)plan.Json["impactToken"] : null;
        var reply = await api.SendAsync(write.Method, path, body, headers: shown is null ? [] : [("Impact-Token", shown)]);
        for (var attempt = 0; attempt < 5 && reply.Status == 409 && reply.Json["impactToken"] is { } token; attempt++)
            reply = await api.SendAsync(write.Method, path, body, headers: ("Impact-Token", (string)token!));
        return reply;
    }
}
