using System.Diagnostics;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>One revision to many clusters that have a store each: as many commits and pushes. The floor does them with plain git, as many at a time.</summary>
internal static class StoresBenchmark
{
    public static async Task RunAsync(BenchOptions options)
    {
        var count = options.Of(1_000, 10);
        using var place = new TempDirectory();
        await using var server = await BenchServer.StartAsync(place.Path);
        var stores = new StoreSet(place["stores"], count);
        await stores.RegisterAsync(server.Client);
        await server.Client.ApplyAsync(BenchFleet.Label(count, StoreSet.Name));
        await server.Database.SettledAsync();
        stores.CopyForFloor();

        var made = new Dictionary<int, int>();
        Report.Table("What", "Answer", "All branches", "Floor", "Ratio");
        foreach (var (clusters, rounds) in options.Of<(int, int)[]>([(1, 40), (1, 20), (10, 10), (100, 5), (1_000, 3)], [(1, 1), (10, 1)]))
        {
            var samples = new List<(double Answered, double Visible, double Floor)>();
            // The first forty are those of a young process, whose code the compiler has not seen often enough.
            var before = made.GetValueOrDefault(clusters);
            for (var revision = before + 1; revision <= before + rounds + 1; revision++)
            {
                var sample = await DeliverAsync(server, stores, clusters, revision);
                if (revision > before + 1) samples.Add(sample);
            }

            var when = made.Count == 0 ? ", young process" : "";
            made[clusters] = before + rounds + 1;
            Report.Row(
                $"revision to {Report.Count(clusters)} stores of {Report.Count(count)}{when} (n = {rounds})", Report.Ms(new Spread(samples.Select(s => s.Answered)).Median),
                new Spread(samples.Select(s => s.Visible)).ToString(), new Spread(samples.Select(s => s.Floor)).ToString(),
                Report.Ratio(new Spread(samples.Select(s => s.Visible / s.Floor)).Median));
        }
    }

    private static async Task<(double Answered, double Visible, double Floor)> DeliverAsync(BenchServer server, StoreSet stores, int clusters, int revision)
    {
        var heads = stores.Heads(clusters);
        var start = Stopwatch.GetTimestamp();
        var moved = RefFile.WhenAllMovedAsync([.. heads.Select((head, i) => (stores.Branches[i], head))]);
        await server.Client.SendAsync("PUT", $"/promises/bulk-{clusters}", BenchFleet.Bulk(clusters, revision));
        var answered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var visible = Stopwatch.GetElapsedTime(start, await moved).TotalMilliseconds;
        await server.Database.SettledAsync();
        return (answered, visible, stores.Floor(stores.Changes(heads)));
    }
}
