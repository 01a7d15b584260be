using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>One Promise of ten objects of 2 KB, new and then changed, to some or all clusters of one store: one commit, measured as a label is.</summary>
internal static class RevisionBenchmark
{
    /// <summary>As often as the compiler wants to see code before it compiles it for good, and some more.</summary>
    private const int Young = 40;

    public static async Task RunAsync(BenchOptions options)
    {
        using var place = new TempDirectory();
        Samples.Table();
        var isYoung = true;
        foreach (var (transport, name) in Transports.All)
        {
            await using var served = transport;
            await using var run = await DeliveryRun.StartAsync(place[name], transport, options.Of(1_000, 10));
            var young = isYoung ? options.Of(Young, 1) : 0;
            if (isYoung) await RunAsync(run, 1, 0, young, naive: false, ", young process");
            isYoung = false;
            foreach (var (count, rounds) in options.Of<(int, int)[]>([(1, 20), (10, 20), (100, 10), (1_000, 5)], [(1, 2), (10, 2)]))
                await RunAsync(run, count, count == 1 && young > 0 ? young + 2 : 0, rounds, options.Naive);
        }
    }

    /// <summary>The first revision makes the files of all clusters, each further one changes them all.</summary>
    /// <param name="before">Revisions that are there.</param>
    private static async Task RunAsync(DeliveryRun run, int count, int before, int rounds, bool naive, string when = "")
    {
        var (first, samples) = (new Samples(), new Samples());
        for (var revision = before + 1; revision <= before + rounds + 2; revision++)
        {
            // The naive way takes a clone per cluster: once, and for few.
            var sample = await run.DeliverAsync("PUT", $"/promises/bulk-{count}", BenchFleet.Bulk(count, revision), naive: naive && count <= 10 && revision == before + 3);
            if (revision == 1) first.Add(sample);
            else if (revision > before + 2) samples.Add(sample);
        }

        if (before == 0) first.Row($"new Promise to {Report.Count(count)}, {run.Transport.Name}{when}");
        samples.Row($"revision to {Report.Count(count)}, {run.Transport.Name}{when}");
    }
}
