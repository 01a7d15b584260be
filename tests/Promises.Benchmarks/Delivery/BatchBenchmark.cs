using System.Diagnostics;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>Many Promises to many clusters by one apply: how many commits it takes, and how long until all is on the branches.</summary>
internal static class BatchBenchmark
{
    public static async Task RunAsync(BenchOptions options)
    {
        Report.Table("What", "Placements", "Files", "Answer", "Branch", "Commits", "Floor", "Ratio", "MiB");
        foreach (var (promises, clusters, stores, rounds) in options.Of<(int, int, int, int)[]>([(20, 50, 1, 5), (50, 50, 1, 5), (100, 500, 10, 2)], [(3, 4, 2, 1)]))
            await RunAsync(promises, clusters, stores, rounds);
    }

    private static async Task RunAsync(int promises, int clusters, int stores, int rounds)
    {
        using var place = new TempDirectory();
        await using var server = await BenchServer.StartAsync(place.Path);
        var set = new StoreSet(place["stores"], stores);
        await set.RegisterAsync(server.Client);
        await server.Client.ApplyAsync(Enumerable.Range(0, clusters).Select(i => BenchFleet.Cluster(i, StoreSet.Name(i % stores), Labels(promises))));
        await server.Database.SettledAsync();
        set.CopyForFloor();

        var what = $"{promises} Promises on {clusters} clusters in {stores} {(stores == 1 ? "store" : "stores")}";
        (await DeliverAsync(server, set, promises, 1)).Row($"new: {what} (n = 1)", promises * clusters);
        var changed = new List<BatchSample>();
        for (var i = 0; i < rounds; i++) changed.Add(await DeliverAsync(server, set, promises, i + 2));
        changed.OrderBy(sample => sample.Visible).ElementAt(rounds / 2).Row($"changed: {what} (n = {rounds}, the middle one)", promises * clusters);
    }

    private static IEnumerable<string> Labels(int promises) => Enumerable.Range(0, promises).Select(i => $"batch-{i}");

    private static async Task<BatchSample> DeliverAsync(BenchServer server, StoreSet set, int promises, int revision)
    {
        var heads = set.Heads(set.Branches.Count);
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var watch = new BranchWatch(set.Branches);
        await server.Client.ApplyAsync(Labels(promises).Select(name => BenchFleet.Promise(name, revision: revision)));
        var answered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await server.Database.SettledAsync();
        var visible = Stopwatch.GetElapsedTime(start, await watch.StopAsync()).TotalMilliseconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;

        var changes = set.Changes(heads);
        return new BatchSample(answered, visible, set.Commits(heads), changes.Sum(change => change.Files.Count), set.Floor(changes), allocated);
    }

    private sealed record BatchSample(double Answered, double Visible, int Commits, int Files, double Floor, long Allocated)
    {
        public void Row(string what, int placements) => Report.Row(
            what, Report.Count(placements), Report.Count(Files), Report.Ms(Answered), Report.Ms(Visible), Report.Count(Commits),
            Report.Ms(Floor), Report.Ratio(Visible / Floor), Report.MiB(Allocated));
    }
}
