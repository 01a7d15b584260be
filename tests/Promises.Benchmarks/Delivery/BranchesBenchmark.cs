using System.Diagnostics;
using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>
/// One revision to many clusters that have a branch each in one repository. The floor makes as many commits in one fast-import and moves as many branches by one push.
/// </summary>
internal static class BranchesBenchmark
{
    private const string Store = "bench";

    public static async Task RunAsync(BenchOptions options)
    {
        var count = options.Of(1_000, 10);
        using var place = new TempDirectory();
        await using var server = await BenchServer.StartAsync(place.Path);
        var repository = Git.Init(place["fleet.git"]);
        await server.Client.ApplyAsync([BenchFleet.Store(Store, $"file://{repository}", "fleet/{cluster}")]);
        await server.Client.ApplyAsync(BenchFleet.Label(count, _ => Store));
        await server.Database.SettledAsync();
        var (floor, mirror) = (Git.Copy(repository, place["floor.git"]), Git.Copy(repository, place["mirror.git"]));

        Report.Table("What", "Answer", "All branches", "Floor", "Ratio", "Over");
        foreach (var (clusters, rounds) in options.Of<(int, int)[]>([(1, 20), (10, 10), (100, 5), (1_000, 5)], [(1, 1), (10, 1)]))
        {
            var samples = new List<(double Answered, double Visible, double Floor)>();
            for (var revision = 1; revision <= rounds + 1; revision++)
            {
                var (answered, visible, changes) = await DeliverAsync(server, repository, clusters, revision);
                var plain = Floor(floor, mirror, changes);
                if (revision > 1) samples.Add((answered, visible, plain));
            }

            Report.Row(
                $"revision to {Report.Count(clusters)} branches of {Report.Count(count)} (n = {rounds})", Report.Ms(new Spread(samples.Select(s => s.Answered)).Median),
                new Spread(samples.Select(s => s.Visible)).ToString(), new Spread(samples.Select(s => s.Floor)).ToString(),
                Report.Ratio(new Spread(samples.Select(s => s.Visible / s.Floor)).Median), Report.Ms(new Spread(samples.Select(s => s.Visible - s.Floor)).Median));
        }
    }

    private static async Task<(double Answered, double Visible, (RefFile Branch, GitChanges Changes)[] Changes)> DeliverAsync(
        BenchServer server, string repository, int clusters, int revision)
    {
        var branches = Enumerable.Range(0, clusters).Select(i => new RefFile(repository, $"fleet/{BenchFleet.ClusterName(i)}"))
            .Select(branch => (Branch: branch, From: branch.Read())).ToArray();
        var start = Stopwatch.GetTimestamp();
        var moved = RefFile.WhenAllMovedAsync(branches);
        await server.Client.SendAsync("PUT", $"/promises/bulk-{clusters}", BenchFleet.Bulk(clusters, revision));
        var answered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var visible = Stopwatch.GetElapsedTime(start, await moved).TotalMilliseconds;
        await server.Database.SettledAsync();
        return (answered, visible, [.. branches.Select(pair => (pair.Branch, GitChanges.Read(repository, pair.From, pair.Branch.Read())))]);
    }

    private static double Floor(string repository, string mirror, (RefFile Branch, GitChanges Changes)[] changes)
    {
        var branches = changes.Select(pair => new RefFile(repository, pair.Branch.Branch)).Select(branch => (Branch: branch, From: branch.Read())).ToArray();
        using var stream = new ImportStream();
        for (var i = 0; i < changes.Length; i++) stream.Add(changes[i].Changes, branches[i].From);
        var bytes = stream.ToArray();

        var start = Stopwatch.GetTimestamp();
        var moved = RefFile.WhenAllMovedAsync(branches);
        var commits = ImportStream.Import(mirror, bytes);
        Git.Run([
            "-C", mirror, "-c", "pack.window=0", "-c", "pack.compression=1", "push", "--porcelain", "--no-verify",
            .. branches.Select(pair => $"--force-with-lease=refs/heads/{pair.Branch.Branch}:{pair.From}"), $"file://{repository}",
            .. branches.Select((pair, i) => $"{commits[i]}:refs/heads/{pair.Branch.Branch}"),
        ]);
        return Stopwatch.GetElapsedTime(start, moved.GetAwaiter().GetResult()).TotalMilliseconds;
    }
}
