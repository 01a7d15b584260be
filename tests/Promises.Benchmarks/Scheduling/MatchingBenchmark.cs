using System.Diagnostics;
using Promises.Scheduling;

namespace Promises.Benchmarks.Scheduling;

/// <summary>Deciding at sizes beyond any fleet we know of: where memory and time go first.</summary>
internal static class MatchingBenchmark
{
    public static Task RunAsync()
    {
        Matching(1_000_000, 100);
        return Task.CompletedTask;
    }

    private static void Matching(int clusters, int promises)
    {
        var start = Stopwatch.GetTimestamp();
        var fleet = SyntheticFleet.Create(clusters, promises);
        Console.WriteLine(FormattableString.Invariant($"Snapshot of {clusters:#,0} x {promises:#,0} made in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {GC.GetTotalMemory(true) >> 20} MiB live."));
        for (var round = 0; round < 4; round++)
        {
            start = Stopwatch.GetTimestamp();
            var before = GC.GetTotalAllocatedBytes();
            var result = Scheduler.Plan(fleet, Scope.Everything);
            Console.WriteLine(FormattableString.Invariant(
                $"  plan: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {result.Changes.Count:#,0} changes, {(GC.GetTotalAllocatedBytes() - before) >> 20} MiB allocated"));
        }
    }
}
