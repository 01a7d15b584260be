using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>
/// Random writes through any number of servers, over a Git host that misbehaves in every way it knows. Which writes and which faults come follows from the seed
/// alone; how they interleave does not, so a seed that failed is run again some times.
/// </summary>
/// <param name="branch">Of the store; with <c>{cluster}</c> each has its own.</param>
/// <param name="refusals">Where the host refuses single branches, too.</param>
internal sealed class RandomHistory(
    int seed, IReadOnlyList<FleetAuthor> authors, GitHttpServer host, string store, OffBoarding offBoarding = OffBoarding.Never, string branch = "main", BranchRefusals? refusals = null)
{
    private readonly ConcurrentDictionary<long, ModelWrite> _accepted = [];
    private readonly Random _faults = new(seed);
    private readonly FleetWrites _writes = new(store, branch, offBoarding);
    private int _token;

    public async Task PrepareAsync()
    {
        var api = authors[0].Server;
        await api.DoneAsync("PUT", "/credentials/writer", Credential(host.Token!));
        await api.DoneAsync("PUT", $"/state-stores/{store}", Fleet.Node($$"""{"spec": {"git": {"url": "{{host.Url(store)}}", "branch": "{{branch}}", "credentialsRef": "writer"} } }"""));
        foreach (var write in _writes.First) Accept(write, await authors[0].WriteAsync(write, isShown: false)).ShouldBe(201);
    }

    /// <summary>Each author makes this many writes, one after the other; the authors at the same time.</summary>
    /// <param name="misbehaves">The host, now and then.</param>
    public async Task RunAsync(int writes, bool misbehaves = true)
    {
        await Task.WhenAll(authors.Select(async (author, index) =>
        {
            var random = new Random((seed * 31) + index);
            for (var i = 0; i < writes; i++)
            {
                if (misbehaves && random.Next(3) == 0) await MisbehaveAsync(author.Server);
                await WriteAsync(author, random);
            }
        }));
    }

    /// <summary>Some writes a second by each author for as long as something else goes on, while the host behaves.</summary>
    public async Task RunAsync(Task meanwhile)
    {
        await Task.WhenAll(authors.Select(async (author, index) =>
        {
            var random = new Random((seed * 31) + index);
            while (!meanwhile.IsCompleted)
            {
                await WriteAsync(author, random);
                await Task.WhenAny(meanwhile, Task.Delay(random.Next(20, 80) * authors.Count, TestContext.Current.CancellationToken));
            }
        }));
        await meanwhile;
    }

    /// <summary>The host behaves again, and what is wanted arrives.</summary>
    public async Task RestAsync()
    {
        (host.Fault, host.Latency) = (GitFault.None, TimeSpan.Zero);
        refusals?.End();
        await authors[0].Server.DoneAsync("PUT", "/credentials/writer", Credential(host.Token!));
        var polls = 0;
        await Wait.UntilAsync(
            async () =>
            {
                // What failed until now waits, for a quarter of a minute at least, and a visit that began before may fail once more.
                if (polls++ % 100 == 0) await SyncAsync(authors[0].Server);
                var status = (await authors[^1].Server.GetAsync($"/state-stores/{store}")).Json["status"]!;
                return (int)status["pendingClusters"]! == 0 && (string?)status["conditions"]![0]!["status"] == "True";
            },
            TimeSpan.FromSeconds(45));
        // A cluster that leaves with its files is pending no more, while the visit that ends what was open of it is still to come.
        IReadOnlyList<string> open = [];
        await Wait.UntilAsync(
            async () => (open = await OpenAsync(authors[^1].Server)).Count == 0, TimeSpan.FromSeconds(10), () => $"seed {seed}: open at rest: {string.Join('\n', open)}");
    }

    /// <summary>The server that answers knows of every cluster that has left that its name is free and its directory too.</summary>
    public async Task ReturnAsync()
    {
        var author = authors[^1];
        var there = (await author.Server.GetAsync("/clusters?limit=1000")).Json["items"]!.AsArray().Select(cluster => (string)cluster!["metadata"]!["name"]!).ToList();
        foreach (var write in _writes.Return(there)) Accept(write, await author.WriteAsync(write, isShown: false)).ShouldBe(201);
    }

    /// <summary>Holds every commit of every branch against the model at the version that the commit says it reflects.</summary>
    public void Check(GitRepo repository)
    {
        var history = new BranchHistory(repository);
        foreach (var each in _writes.Branches)
        {
            var concerned = _accepted.Where(write => write.Value is not ModelWrite.OfCluster of || _writes.BranchOf(of.Cluster) == each).ToDictionary();
            new HistoryCheck(seed, FleetWrites.Retains, concerned, isAlone: offBoarding != OffBoarding.Beside).Run(history, each);
        }

        if (offBoarding != OffBoarding.Beside) repository.Branches().ShouldBeSubsetOf(_writes.Branches, $"seed {seed}: a branch of nobody");
    }

    /// <summary>How many writes of a kind were accepted.</summary>
    public int Count<TWrite>(Func<TWrite, bool> which) where TWrite : ModelWrite => _accepted.Values.OfType<TWrite>().Count(which);

    private async Task<int> PendingAsync(ApiClient api) => (int)(await api.GetAsync($"/state-stores/{store}")).Json["status"]!["pendingClusters"]!;

    private static async Task<IReadOnlyList<string>> OpenAsync(ApiClient api) =>
        [.. (await api.GetAsync("/changes?limit=1000")).ShouldBe(200).Json["items"]!.AsArray()
            .Where(change => change!["status"]!["commits"]!.AsArray().Any(commit => !(bool)commit!["settled"]!)).Select(change => change!.ToJsonString())];

    private async Task SyncAsync(ApiClient api) => (await api.SendAsync("POST", $"/state-stores/{store}/sync", null)).ShouldBe(202);

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
            case 6 or 7 when refusals is not null:
                lock (_faults) refusals.Add(_writes.AnyBranch(_faults));
                break;
            case 8 when refusals is not null:
                refusals.End();
                break;
            default:
                (host.Fault, host.Latency) = (GitFault.None, TimeSpan.Zero);
                // Left to itself the store would wait for longer than the writes last, and nearly all of them would be one commit.
                await SyncAsync(api);
                for (var polls = 0; polls < 300 && await PendingAsync(api) > 0; polls++) { }

                break;
        }
    }

    private async Task WriteAsync(FleetAuthor author, Random random)
    {
        var write = _writes.Next(random);
        var reply = Accept(write, await author.WriteAsync(write, isShown: random.Next(2) == 0));
        // Not there, already there, nothing to promote, or removals that another write changed meanwhile: refused as a whole.
        if (reply.Status is not (200 or 201)) reply.Status.ShouldBeOneOf([404, 409, 422], reply.Text);
    }

    private Reply Accept(FleetWrite write, (Reply Reply, IReadOnlyList<long> Changes) done)
    {
        _writes.Done(write, done.Reply, done.Changes.Count > 0);
        foreach (var change in done.Changes) _accepted.TryAdd(change, write.Model).ShouldBeTrue($"seed {seed}: two writes have number {change}");
        return done.Reply;
    }
}
