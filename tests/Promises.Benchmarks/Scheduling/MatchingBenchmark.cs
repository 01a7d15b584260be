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

        Report.Table("What", "ms", "Matches, changes", "MiB allocated");
        for (var round = 1; round <= 4; round++)
        {
            Measure($"matching alone, {Report.Count(clusters)} clusters x {promises} Promises, round {round}", () => Match(fleet));
            Measure($"full plan of them, round {round}", () => Scheduler.Plan(fleet, Scope.Everything).Changes.Count);
        }

        return Task.CompletedTask;
    }

    private static void Measure(string what, Func<long> work)
    {
        var (before, start) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        var found = work();
        Report.Row(what, Report.Ms(Stopwatch.GetElapsedTime(start).TotalMilliseconds), Report.Count(found), Report.MiB(GC.GetTotalAllocatedBytes() - before));
    }

    /// <summary>Which Promises select which clusters, on all cores, as the plan asks it; nothing is decided.</summary>
    private static long Match(FleetSnapshot fleet) => fleet.Clusters.Chunk(2048).AsParallel().Sum(clusters =>
    {
        var (found, matches) = (0L, new List<PinnedRevision>());
        foreach (var cluster in clusters)
        {
            matches.Clear();
            fleet.PinsFor(cluster).Select(cluster, fleet.LabelsOf(cluster), matches);
            found += matches.Count;
        }

        return found;
    });
}
