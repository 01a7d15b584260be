using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>
/// One label on one cluster, from the request to the commit on the branch: the real server over HTTP with a private PostgreSQL, all in this process but for
/// PostgreSQL and git. After each delivery plain git delivers the same bytes to repositories of the same content: the floors.
/// </summary>
internal static class DeliveryBenchmark
{
    public static async Task RunAsync(BenchOptions options)
    {
        using var place = new TempDirectory();
        Samples.Table();
        foreach (var clusters in options.Of<int[]>([100, 300], [10]))
            await LabelsAsync(place[$"growth-{clusters}"], new FileTransport(), clusters, options.Of(80, 3), options.Naive);
        foreach (var (transport, name) in Transports.All)
            await LabelsAsync(place[name], transport, options.Of(1_000, 20), options.Of(200, 3), options.Naive);
    }

    /// <summary>A row of its own; five of the rounds are done the naive way too.</summary>
    public static async Task LabelsAsync(string place, ITransport transport, int clusters, int rounds, bool naive, Action<string>? history = null, string what = "label")
    {
        await using var served = transport;
        await using var run = await DeliveryRun.StartAsync(place, transport, clusters, history);
        var samples = new Samples();
        var warmUp = Math.Min(10, clusters - rounds);
        for (var i = 0; i < warmUp + rounds; i++)
        {
            var sample = await run.LabelAsync(i, naive: naive && i >= warmUp && (i - warmUp) % Math.Max(1, rounds / 5) == 0);
            if (i >= warmUp) samples.Add(sample);
        }

        samples.Row($"{what}, {Report.Count(clusters)} clusters, {transport.Name}");
    }
}
