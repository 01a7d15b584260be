using System.Diagnostics;
using Promises.Scheduling;

namespace Promises.Benchmarks.Scheduling;

/// <summary>Deciding, without database or HTTP: all of it on one thread.</summary>
internal static class SchedulerBenchmark
{
    public static Task RunAsync()
    {
        Growth();
        var settled = FullPlan(10_000, 1_000);
        WhatIfs(settled);
        Verdicts(settled);
        Snapshot(settled);
        return Task.CompletedTask;
    }

    private static void Growth()
    {
        Console.WriteLine("Full plan, growth (each Promise selects 1 % of the clusters):");
        foreach (var (clusters, promises) in new[] { (2_500, 250), (5_000, 500), (10_000, 1_000) })
        {
            var fleet = SyntheticFleet.Create(clusters, promises);
            var changes = 0;
            var measured = Measurement.Of(5, () => changes = Scheduler.Plan(fleet, Scope.Everything).Changes.Count);
            Console.WriteLine($"  {clusters,7:#,0} clusters x {promises,5:#,0} Promises, {changes,7:#,0} placements: {measured}");
        }
    }

    private static FleetSnapshot FullPlan(int clusters, int promises)
    {
        var start = Stopwatch.GetTimestamp();
        var fleet = SyntheticFleet.Create(clusters, promises);
        Console.WriteLine(FormattableString.Invariant($"Snapshot of {clusters:#,0} x {promises:#,0} made in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms."));

        start = Stopwatch.GetTimestamp();
        var result = Scheduler.Plan(fleet, Scope.Everything);
        Console.WriteLine(FormattableString.Invariant($"First full plan, caches empty: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms, {result.Changes.Count:#,0} changes."));
        Console.WriteLine($"Impact of it:                 {Measurement.Of(5, () => Impact.From(result, fleet, fleet))}");
        var settled = fleet.WithDecisions(result);
        Console.WriteLine($"Full plan, nothing to change: {Measurement.Of(5, () => Scheduler.Plan(settled, Scope.Everything))}");
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(FormattableString.Invariant(
            $"Memory: {GC.GetTotalMemory(true) / 1024.0 / 1024.0:0} MiB live with the fleet and its plan, {process.PeakWorkingSet64 / 1024.0 / 1024.0:0} MiB peak of the process so far."));
        return settled;
    }

    private static void WhatIfs(FleetSnapshot settled)
    {
        Console.WriteLine($"What if, at {settled.Placements.Count():#,0} placements (change, scope, plan, impact):");
        var cluster = settled.FindCluster(SyntheticFleet.ClusterName(4_711))!;
        var labels = new SortedDictionary<string, string>(cluster.Labels.ToDictionary(), StringComparer.Ordinal) { ["slot"] = "s5" };
        Report("a label of one cluster", 2_000, () => settled.WithCluster(cluster with { Labels = labels }));
        Report("a new revision of one Promise (100 clusters)", 50, () =>
        {
            var revision = SyntheticFleet.Revision(42, 1_000, 10, 2);
            return settled.WithRevision(revision).WithPin("ops", revision.Promise, 2).WithPin("apps", revision.Promise, 2);
        });

        void Report(string what, int runs, Func<FleetSnapshot> change)
        {
            var changes = 0;
            var measured = Measurement.Of(runs, () =>
            {
                var changed = change();
                var result = Scheduler.Plan(changed, ScopeOf.Between(settled, changed));
                changes = result.Changes.Count;
                Impact.From(result, settled, changed);
            });
            Console.WriteLine($"  {what,-46} {changes,4} changes: {measured}");
        }
    }

    private static void Verdicts(FleetSnapshot settled)
    {
        Console.WriteLine("Verdicts:");
        Console.WriteLine($"  one Promise on one cluster:          {Measurement.Of(2_000, () => One(settled))}");
        Console.WriteLine($"  one Promise on 10,000, page of 100:  {Measurement.Of(5, () => Page(settled))}");
    }

    private static void One(FleetSnapshot settled) => _ = Explainer.Explain(settled, "promise-00042", SyntheticFleet.ClusterName(4_711)).Items.Single();

    private static void Page(FleetSnapshot settled)
    {
        var verdicts = Explainer.Explain(settled, "promise-00042", null);
        _ = verdicts.Summary;
        _ = verdicts.After(SyntheticFleet.ClusterName(5_000)).Take(100).ToList();
    }

    private static void Snapshot(FleetSnapshot settled)
    {
        var cluster = settled.FindCluster(SyntheticFleet.ClusterName(4_711))!;
        var placements = settled.PlacementsOn(cluster.Name);
        Console.WriteLine($"Snapshot moved by a cluster and its placements: {Measurement.Of(2_000, () => settled.WithCluster(cluster).WithPlacements(cluster.Name, placements).WithVersion(2))}");
    }
}
