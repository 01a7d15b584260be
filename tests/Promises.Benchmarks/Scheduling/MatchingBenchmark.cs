using System.Diagnostics;
using Promises.Benchmarks.Harness;
using Promises.Scheduling;

namespace Promises.Benchmarks.Scheduling;

/// <summary>Deciding at sizes beyond any fleet we know of: where memory and time go first.</summary>
internal static class MatchingBenchmark
{
    public static Task RunAsync(BenchOptions options)
    {
        var (clusters, promises) = (options.Of(1_000_000, 10_000), 100);
        var start = Stopwatch.GetTimestamp();
        var fleet = SyntheticFleet.Create(clusters, promises);
        Report.Note(FormattableString.Invariant(
            $"Snapshot of {clusters:#,0} x {promises:#,0} made in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {GC.GetTotalMemory(true) >> 20} MiB live."));

        Report.Table("What", "ms", "Changes", "MiB allocated");
        for (var round = 1; round <= 4; round++)
        {
            var before = GC.GetTotalAllocatedBytes();
            start = Stopwatch.GetTimestamp();
            var result = Scheduler.Plan(fleet, Scope.Everything);
            var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Report.Row(
                $"full plan, {Report.Count(clusters)} clusters x {promises} Promises, round {round}", Report.Ms(time), Report.Count(result.Changes.Count),
                Report.MiB(GC.GetTotalAllocatedBytes() - before));
        }

        return Task.CompletedTask;
    }
}
