using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Promises.Benchmarks.Harness;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Benchmarks.Fleet;

/// <summary>A large fleet at rest: how long a server takes to start on it, what memory it needs, and how long deciding everything anew takes.</summary>
internal static class ScaleBenchmark
{
    public static async Task RunAsync(BenchOptions options)
    {
        Report.Table("Placements", "Fleet", "Rows made in", "Start to /readyz", "Start to rest", "Peak MiB", "Full pass", "MiB of it");
        foreach (var fleet in options.Of<ScaleFleet[]>([new(10_000, 1_000, 100, 1), new(10_000, 1_000, 40, 3)], [new(100, 20, 10, 1)])) await RunAsync(fleet);
    }

    private static async Task RunAsync(ScaleFleet fleet)
    {
        using var place = new TempDirectory();
        await using var server = await BenchServer.StartAsync(place.Path);
        var start = Stopwatch.GetTimestamp();
        var placements = await fleet.FillAsync(server.Database, server.Client);
        var filled = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (placements != fleet.Placements) throw new InvalidOperationException($"{placements} placements instead of {fleet.Placements}.");

        var (ready, rest, peak) = await StartAsync(place["server"], server.Database);
        var (pass, allocated) = await PassAsync(server);
        var behind = await server.Database.AskAsync<long>("SELECT count(*) FROM cluster_delivery WHERE wanted_version > written_version");
        if (behind > 0) throw new InvalidOperationException($"{behind} clusters are behind: the rows that were made are not what is decided.");
        Report.Row(
            Report.Count(placements), $"{Report.Count(fleet.Clusters)} clusters x {Report.Count(fleet.Promises)} Promises", Report.Ms(filled),
            Report.Ms(ready), Report.Ms(rest), Report.MiB(peak), Report.Ms(pass), Report.MiB(allocated));
    }

    /// <summary>The program, from its start until it is ready, and until it has decided everything once, as each start does.</summary>
    private static async Task<(double Ready, double AtRest, long Peak)> StartAsync(string data, BenchDatabase database)
    {
        await using var program = ServerProgram.Start(data, database.ConnectionString, ("PROMISES_Delivery__LookInterval", "1.00:00:00"));
        using var client = new BenchClient(await program.AddressAsync(), "none");
        while (!await client.IsReadyAsync()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        var ready = Stopwatch.GetElapsedTime(program.Began).TotalMilliseconds;
        var quiet = await program.QuietAsync();
        return (ready, Stopwatch.GetElapsedTime(program.Began, quiet).TotalMilliseconds, program.PeakBytes);
    }

    /// <summary>The middle of five.</summary>
    private static async Task<(double Milliseconds, long Allocated)> PassAsync(BenchServer server)
    {
        var reconciler = server.Services.GetServices<IHostedService>().OfType<SchedulingReconciler>().Single();
        var (times, allocated) = (new List<double>(), 0L);
        for (var i = 0; i < 6; i++)
        {
            var before = GC.GetTotalAllocatedBytes();
            var start = Stopwatch.GetTimestamp();
            if (await reconciler.ResyncAsync(CancellationToken.None) is var moved and > 0) throw new InvalidOperationException($"{moved} placements were moved.");
            // The first one loads the fleet.
            if (i > 0) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            allocated = GC.GetTotalAllocatedBytes() - before;
        }

        return (new Spread(times).Median, allocated);
    }
}
