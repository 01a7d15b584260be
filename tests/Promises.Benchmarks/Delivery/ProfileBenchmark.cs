using System.Diagnostics;
using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>Where the time of one label, and of a revision for some or all clusters, goes: its steps one after the other, and the statements in each. Watching costs some tenths of a millisecond.</summary>
internal static class ProfileBenchmark
{
    private static readonly (string Name, string? From, string? To)[] s_steps =
    [
        ("request, decision, its commit, queue", null, Timeline.SyncBegan),
        ("reading what the store has to do", Timeline.SyncBegan, Timeline.Read),
        ("planning, listing directories (git)", Timeline.Read, Timeline.Planned),
        ("building the commit (git)", Timeline.Planned, Timeline.Committed),
        ("noting the intent", Timeline.Committed, Timeline.PushBegan),
        ("publishing (git), until the branch moved", Timeline.PushBegan, null),
        ("publishing, the whole of it", Timeline.PushBegan, Timeline.Pushed),
        ("recording, after the branch moved", Timeline.Pushed, Timeline.SyncEnded),
    ];

    public static async Task RunAsync(BenchOptions options)
    {
        using var place = new TempDirectory();
        foreach (var (transport, name) in ((ITransport, string)[])[(new FileTransport(), "file"), (new EmbeddedTransport(), "embedded")])
        {
            await using var served = transport;
            await using var run = await DeliveryRun.StartAsync(place[name], transport, options.Of(1_000, 20));
            await RunAsync("label", run, cluster => run.LabelAsync(cluster), options.Of(10, 1), options.Of(100, 3));
            foreach (var (clusters, rounds) in options.Of<(int, int)[]>([(1, 40), (100, 20), (1_000, 10)], [(1, 2)]))
            {
                var revision = 0;
                await RunAsync(
                    $"revision for {Report.Count(clusters)}", run, _ => run.DeliverAsync("PUT", $"/promises/bulk-{clusters}", BenchFleet.Bulk(clusters, ++revision)), options.Of(4, 1), rounds);
            }
        }
    }

    private static async Task RunAsync(string what, DeliveryRun run, Func<int, Task<Sample>> deliver, int warmUp, int rounds)
    {
        using var timeline = new Timeline();
        var all = new List<Round>();
        for (var i = 0; i < warmUp + rounds; i++)
        {
            timeline.Clear();
            var sample = await deliver(i);
            if (i >= warmUp) all.Add(new Round(sample, run.Began, run.Beside.Imported, [.. s_steps.Select(step => Step(timeline, run.Began, sample, step))], [.. timeline.Statements]));
        }

        Report.Table($"Step of a {what}, {Report.Count(run.Clusters)} clusters, {run.Transport.Name}", "ms", "Statements", "ms in them", "Floor (a), ms");
        for (var i = 0; i < s_steps.Length; i++)
        {
            var step = i;
            Report.Row(
                s_steps[i].Name, Report.Ms(new Spread(all.Select(round => round.Steps[step].Length)).Median),
                Report.Count((long)new Spread(all.Select(round => (double)round.Within(step).Count())).Median),
                Report.Ms(new Spread(all.Select(round => round.Within(step).Sum(Length))).Median),
                i == 3 ? Report.Ms(new Spread(all.Select(round => round.Imported)).Median)
                    : i == 5 ? Report.Ms(new Spread(all.Select(round => round.Sample.Plain - round.Imported)).Median) : "");
        }

        Report.Row("**from request to branch**", Report.Ms(new Spread(all.Select(round => round.Sample.Visible)).Median), "", "", Report.Ms(new Spread(all.Select(round => round.Sample.Plain)).Median));
        Slowest(what, all);
    }

    private static void Slowest(string what, List<Round> all)
    {
        Report.Table("Statement", "Step", $"Times a {what}", "ms each");
        var statements = all.SelectMany(round => s_steps.Index().Where(step => step.Item.To is not null).SelectMany(step => round.Within(step.Index).Select(statement => (Step: step.Item.Name, statement))))
            .GroupBy(pair => (pair.Step, Text: pair.statement.Text[..Math.Min(110, pair.statement.Text.Length)]))
            .Select(same => (same.Key, Times: (double)same.Count() / all.Count, Each: new Spread(same.Select(pair => Length(pair.statement))).Median));
        foreach (var (key, times, each) in statements.OrderByDescending(row => row.Times * row.Each).Take(20))
            Report.Row($"`{key.Text.Replace('|', '/')}`", key.Step, Report.Ratio(times), FormattableString.Invariant($"{each:0.00}"));
    }

    private static (long From, double Length) Step(Timeline timeline, long began, Sample sample, (string Name, string? From, string? To) step)
    {
        var from = step.From is null ? began : timeline.At(step.From);
        var to = step.To is null ? began + (long)(sample.Visible / 1000 * Stopwatch.Frequency) : timeline.At(step.To);
        return (from, Stopwatch.GetElapsedTime(from, to).TotalMilliseconds);
    }

    private static double Length(Statement statement) => Stopwatch.GetElapsedTime(statement.Began, statement.Ended).TotalMilliseconds;

    /// <param name="Steps">When each began, and its milliseconds.</param>
    private sealed record Round(Sample Sample, long Began, double Imported, (long From, double Length)[] Steps, Statement[] Statements)
    {
        public IEnumerable<Statement> Within(int step) => Statements.Where(statement =>
            statement.Began >= Steps[step].From && Stopwatch.GetElapsedTime(Steps[step].From, statement.Began).TotalMilliseconds < Steps[step].Length);
    }
}
