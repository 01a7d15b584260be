using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A write and the request that asks for it.</summary>
internal sealed record FleetWrite(ModelWrite Model, string Method, string Path, JsonNode? Body = null);

/// <summary>Whether clusters leave, and come back.</summary>
internal enum OffBoarding
{
    Never,

    /// <summary>With their files removed, to a directory that nobody had: what others put into the old one meanwhile is theirs.</summary>
    Beside,

    /// <summary>With their files removed or kept, and to a directory that is free.</summary>
    Alone,
}

/// <summary>What may be written next to a small fleet.</summary>
/// <param name="branch">Of the store, as it is told.</param>
internal sealed class FleetWrites(string store, string branch, OffBoarding offBoarding)
{
    private static readonly string[] s_first = ["c1", "c2", "c3", "c4", "c5"];
    private static readonly string[] s_promises = ["p1", "p2", "p3"];

    private readonly string[] _clusters = offBoarding != OffBoarding.Never ? [.. s_first, "c6", "c7"] : s_first;

    // A directory is used, here, or left behind with its files, so two clusters never ask for one at the same time, and what was kept is met by nobody.
    // On another branch the same directory is another one.
    private readonly ConcurrentDictionary<string, FreeDirectories> _directories = new(StringComparer.Ordinal);
    private int _generation;

    public static IReadOnlyDictionary<string, bool> Retains { get; } = s_promises.ToDictionary(promise => promise, promise => promise == "p1");

    /// <summary>Of all clusters that ever are.</summary>
    public IEnumerable<string> Branches => _clusters.Select(BranchOf).Distinct(StringComparer.Ordinal);

    public IEnumerable<FleetWrite> First => s_first.Select(cluster => Register(cluster, cluster is "c4" or "c5" ? "apps" : "ops", cluster, null));

    public FleetWrite Next(Random random)
    {
        var (cluster, promise, team) = (Any(_clusters, random), Any(s_promises, random), "AB"[random.Next(2)].ToString());
        switch (random.Next(offBoarding != OffBoarding.Never ? 14 : 10))
        {
            case 0:
                return new FleetWrite(new ModelWrite.Label(cluster, null), "PATCH", $"/clusters/{cluster}", Fleet.Node("""{"metadata": {"labels": {"team": null} } }"""));
            case 1 or 2 or 3 or 4:
                return new FleetWrite(new ModelWrite.Label(cluster, team), "PUT", $"/clusters/{cluster}/labels/team", Fleet.Node($$"""{"value": "{{team}}"}"""));
            case 5:
                return new FleetWrite(new ModelWrite.Withdraw("p1", cluster), "DELETE", $"/placements/p1.{cluster}");
            case 6 or 7:
                return new FleetWrite(
                    new ModelWrite.Promote(promise), "POST", "/promotions", Fleet.Node($$"""{"spec": {"from": "ops", "to": "apps", "promises": ["{{promise}}"]} }"""));
            case 8 or 9:
                var generation = Interlocked.Increment(ref _generation);
                var placement = Fleet.Selecting("team", team) + (Retains[promise] ? "" : """, "onUnmatch": "Withdraw" """);
                return new FleetWrite(
                    new ModelWrite.Publish(promise, team, generation), "PUT", $"/promises/{promise}", Fleet.Promise(promise, placement, $"{promise}={generation}"));
            case 10:
                return OffBoard(cluster, keepsFiles: offBoarding == OffBoarding.Alone && random.Next(2) == 0);
            default:
                return Register(cluster, random.Next(2) == 0 ? "ops" : "apps", Free(cluster), random.Next(3) == 0 ? null : team);
        }
    }

    /// <summary>Registers every cluster that is not there.</summary>
    public IEnumerable<FleetWrite> Return(IReadOnlyCollection<string> there) => _clusters.Except(there).Select(cluster => Register(cluster, "ops", Free(cluster), "A"));

    public string AnyBranch(Random random) => BranchOf(Any(_clusters, random));

    public string BranchOf(string cluster) => branch.Replace("{cluster}", cluster, StringComparison.Ordinal);

    /// <summary>Tells what became of a write.</summary>
    /// <param name="reply">The last: of a write whose first answer was lost, what came of doing it again.</param>
    /// <param name="isDone">Whether it was accepted at all.</param>
    public void Done(FleetWrite write, Reply reply, bool isDone)
    {
        if (write.Model is ModelWrite.Register refused && !isDone) Directories(refused.Cluster).Cleared.Enqueue(refused.Directory);
        if (write.Model is ModelWrite.OffBoard { KeepsFiles: false } left && reply.Status == 200)
            Directories(left.Cluster).Cleared.Enqueue(((string)reply.Json["spec"]!["stateStore"]!["path"]!)["clusters/".Length..]);
    }

    private FreeDirectories Directories(string cluster) => _directories.GetOrAdd(BranchOf(cluster), _ => new FreeDirectories());

    private string Free(string cluster) => offBoarding == OffBoarding.Alone && Directories(cluster).Cleared.TryDequeue(out var cleared) ? cleared : Directories(cluster).Next();

    private FleetWrite Register(string cluster, string environment, string directory, string? team) => new(
        new ModelWrite.Register(cluster, environment, directory, team), "POST", "/clusters",
        Fleet.Cluster(cluster, team is null ? "" : $"team={team}", $$""" "environment": "{{environment}}", "stateStore": {"name": "{{store}}", "path": "clusters/{{directory}}"} """));

    private static FleetWrite OffBoard(string cluster, bool keepsFiles) =>
        new(new ModelWrite.OffBoard(cluster, keepsFiles), "DELETE", $"/clusters/{cluster}?files={(keepsFiles ? "keep" : "remove")}");

    private static string Any(string[] of, Random random) => of[random.Next(of.Length)];

    private sealed class FreeDirectories
    {
        private int _made;

        public ConcurrentQueue<string> Cleared { get; } = [];

        public string Next() => $"d{Interlocked.Increment(ref _made)}";
    }
}
