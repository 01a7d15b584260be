using System.Diagnostics;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>
/// Labels written at a steady pace by several clients; each places one Promise on one cluster. The pace does not wait for answers: a write whose time has come
/// while all clients wait is late, and that counts.
/// </summary>
internal static class LoadBenchmark
{
    private const int Clients = 16;
    private const int PerSecond = 200;

    public static async Task RunAsync(BenchOptions options)
    {
        var (clusters, seconds, rounds) = (options.Of(1_000, 50), options.Of(30, 2), options.Of(3, 1));
        using var place = new TempDirectory();
        await using var server = await BenchServer.StartAsync(place.Path);
        var set = new StoreSet(place["stores"], 1);
        await set.RegisterAsync(server.Client);
        await server.Client.ApplyAsync(BenchFleet.Label(clusters, _ => StoreSet.Name(0)));
        await server.Client.ApplyAsync(Enumerable.Range(0, (PerSecond * seconds * rounds / clusters) + 1).Select(i => BenchFleet.Promise($"load-{i}")));
        await server.Database.SettledAsync();
        Report.Table(
            "What", "Writes", "Placements on the branch", "Writes a second", "Answer", "p99.9", "Worst", "Commits", "Branch complete after the last answer", "Processor time a write", "MiB a write");
        for (var round = 0; round < rounds; round++) await RoundAsync(server, set, clusters, PerSecond * seconds, round);
    }

    private static async Task RoundAsync(BenchServer server, StoreSet set, int clusters, int writes, int round)
    {
        var heads = set.Heads(1);
        var watch = new BranchWatch(set.Branches);
        var (start, processor, allocated) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var latencies = await WriteAsync(server, clusters, writes, writes * round);
        var ended = Stopwatch.GetTimestamp();
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await server.Database.SettledAsync();
        var behind = Stopwatch.GetElapsedTime(ended, await watch.StopAsync()).TotalMilliseconds;

        var placed = set.Changes(heads)[0].Files.Select(file => file.Path).Where(path => path.Contains("/placements/load-", StringComparison.Ordinal))
            .Select(path => Path.GetDirectoryName(path)).Distinct(StringComparer.Ordinal).Count();
        Report.Row(
            $"{PerSecond} labels a second by {Clients} clients on {Report.Count(clusters)} clusters, file://, round {round + 1}", Report.Count(latencies.Count), Report.Count(placed),
            Report.Count((long)(latencies.Count / Stopwatch.GetElapsedTime(start, ended).TotalSeconds)), new Spread(latencies).ToString(),
            Report.Ms(new Spread(latencies).At(0.999)), Report.Ms(latencies.Max()), Report.Count(set.Commits(heads)), Report.Ms(Math.Max(0, behind)) + " ms",
            Report.Ms(processor.TotalMilliseconds / writes) + " ms", Report.Ms(allocated / (double)writes / 1024 / 1024));
    }

    /// <param name="first">Number of the first write: the n-th is on cluster n, counted round and round, and sets the label of the n-th round.</param>
    /// <returns>Milliseconds of each, from when it was due.</returns>
    private static async Task<List<double>> WriteAsync(BenchServer server, int clusters, int writes, int first = 0)
    {
        var latencies = new double[writes];
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = new BenchClient(server.Address, server.Token);
            for (var i = Interlocked.Increment(ref next); i < writes; i = Interlocked.Increment(ref next))
            {
                var due = TimeSpan.FromSeconds((double)i / PerSecond);
                var early = due - Stopwatch.GetElapsedTime(start);
                if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
                var number = first + i;
                await client.SendAsync("PUT", $"/clusters/{BenchFleet.ClusterName(number % clusters)}/labels/load-{number / clusters}", """{"value": "yes"}""");
                latencies[i] = (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
            }
        }));
        return [.. latencies];
    }
}
