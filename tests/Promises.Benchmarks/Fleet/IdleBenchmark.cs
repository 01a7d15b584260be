using System.Diagnostics;
using Promises.Benchmarks.Delivery;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Fleet;

/// <summary>A server with nothing to do: its processor time, the git processes it starts, the statements it sends.</summary>
internal static class IdleBenchmark
{
    public static async Task RunAsync(BenchOptions options)
    {
        Report.Table("What", "Seconds", "Processor, share of one core", "Git processes", "Statements a minute", "Memory, peak MiB");
        await RunAsync(options, "at rest", []);
        // Nobody listens at the other end: what is counted for an exporter is counted all the same.
        await RunAsync(options, "at rest, metrics exported", [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]);
    }

    private static async Task RunAsync(BenchOptions options, string what, (string, string)[] settings)
    {
        var (clusters, promises, seconds) = (options.Of(1_000, 20), options.Of(20, 3), options.Of(60, 5));
        using var place = new TempDirectory();
        await using var database = await BenchDatabase.StartAsync(place.Path, new() { LogBytes = 256 * 1024 * 1024 });
        var statements = new Statements(database);
        var gits = new GitCounter(place["git"]);
        await statements.LogAsync();
        await using var server = ServerProgram.Start(place["server"], database.ConnectionString, [.. settings, ("PATH", gits.SearchPath)]);
        using (var client = new BenchClient(await server.AddressAsync(), server.Token))
        {
            var set = new StoreSet(place["stores"], 1);
            await set.RegisterAsync(client);
            var names = Enumerable.Range(0, promises).Select(i => $"all-{i}").ToList();
            await client.ApplyAsync(names.Select(name => BenchFleet.Promise(name)));
            await client.ApplyAsync(Enumerable.Range(0, clusters).Select(i => BenchFleet.Cluster(i, StoreSet.Name(0), names)));
        }

        await database.SettledAsync();
        await server.QuietAsync();

        var (before, started) = (server.ProcessorTime, gits.Count);
        statements.Begin();
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var share = (server.ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
        var sent = statements.End();

        Report.Row(
            $"{Report.Count(clusters)} clusters x {promises} Promises, {what}", Report.Count(seconds), FormattableString.Invariant($"{share:0.00 %}"),
            Report.Count(gits.Count - started), Report.Count((long)(sent.Count * 60.0 / seconds)), Report.MiB(server.PeakBytes));
    }
}
