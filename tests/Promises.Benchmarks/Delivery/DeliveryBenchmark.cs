using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>
/// From a request to the commit on the branch: the real server over HTTP with a private PostgreSQL, all in this process but for PostgreSQL and git. After each delivery
/// plain git delivers the same bytes to a repository of the same content: the floor.
/// </summary>
internal static class DeliveryBenchmark
{
    private const int WarmUp = 10;

    public static async Task RunAsync()
    {
        using var place = new TempDirectory();
        foreach (var clusters in (int[])[100, 300, 1_000]) await LabelsAsync(place[$"growth-{clusters}"], new FileTransport(), clusters, clusters == 100 ? 80 : 150);
        foreach (var (transport, name) in ((ITransport, string)[])[(new EmbeddedTransport(), "embedded"), (new FileTransport(), "file"), (new HttpTransport(), "http")])
        {
            await using (transport) await AllAsync(place[name], transport);
        }
    }

    private static async Task LabelsAsync(string place, ITransport transport, int clusters, int rounds)
    {
        await using var run = await DeliveryRun.StartAsync(place, transport, clusters);
        await LabelsAsync(run, rounds);
    }

    private static async Task AllAsync(string place, ITransport transport)
    {
        await using var run = await DeliveryRun.StartAsync(place, transport, 1_000);
        await LabelsAsync(run, 200);
        foreach (var (count, rounds) in ((int, int)[])[(1, 20), (10, 20), (100, 10), (1_000, 5)]) await RevisionsAsync(run, count, rounds);
    }

    private static async Task LabelsAsync(DeliveryRun run, int rounds)
    {
        var samples = new Samples();
        for (var i = 0; i < WarmUp + rounds; i++)
        {
            var sample = await run.DeliverAsync("PUT", $"/clusters/{BenchFleet.ClusterName(i)}/labels/team", """{"value": "A"}""");
            if (i >= WarmUp) samples.Add(sample);
        }

        Console.WriteLine(samples.Line($"label, {run.Clusters:#,0} clusters, {run.Transport.Name}"));
        Console.WriteLine(run.Stages.Line());
        run.Stages.Clear();
    }

    /// <summary>The first revision makes the files of all clusters, each further one changes them all.</summary>
    private static async Task RevisionsAsync(DeliveryRun run, int count, int rounds)
    {
        var first = new Samples();
        var samples = new Samples();
        for (var revision = 1; revision <= rounds + 2; revision++)
        {
            if (revision == 3) run.Stages.Clear();
            var sample = await run.DeliverAsync("PUT", $"/promises/bulk-{count}", BenchFleet.Bulk(count, revision));
            if (revision == 1) first.Add(sample);
            else if (revision > 2) samples.Add(sample);
        }

        Console.WriteLine(first.Line($"new Promise to {count:#,0} of {run.Clusters:#,0}, {run.Transport.Name}"));
        Console.WriteLine(samples.Line($"revision to {count:#,0} of {run.Clusters:#,0}, {run.Transport.Name}"));
        Console.WriteLine(run.Stages.Line());
        run.Stages.Clear();
    }
}
