using System.Diagnostics;
using Promises.Benchmarks.Harness;
using Promises.Scheduling;

namespace Promises.Benchmarks.Scheduling;

/// <summary>Deciding, without database or HTTP.</summary>
internal static class SchedulerBenchmark
{
    public static Task RunAsync(BenchOptions options)
    {
        Report.Table("What", "Median", "Worst", "Allocated");
        foreach (var (clusters, promises) in options.Of<(int, int)[]>([(2_500, 250), (5_000, 500), (10_000, 1_000)], [(250, 25)])) Growth(clusters, promises);
        var settled = Settled(options.Of(10_000, 5_000), options.Of(1_000, 100));
        WhatIfs(settled, options.Of(1, 20));
        Verdicts(settled, options.Of(1, 20));
        return Task.CompletedTask;
    }

    private static void Growth(int clusters, int promises)
    {
        var fleet = SyntheticFleet.Create(clusters, promises);
        var changes = 0;
        var measured = Measurement.Of(5, () => changes = Scheduler.Plan(fleet, Scope.Everything).Changes.Count);
        measured.Row($"full plan, {Report.Count(clusters)} clusters x {Report.Count(promises)} Promises ({Report.Count(changes)} placements)");
    }

    private static FleetSnapshot Settled(int clusters, int promises)
    {
        var fleet = SyntheticFleet.Create(clusters, promises);
        var start = Stopwatch.GetTimestamp();
        var result = Scheduler.Plan(fleet, Scope.Everything);
        Report.Row("the same, first time, caches empty (one run)", $"{Report.Ms(Stopwatch.GetElapsedTime(start).TotalMilliseconds)} ms", "", "");
        Measurement.Of(5, () => Impact.From(result, fleet, fleet)).Row("impact of it");
        var settled = fleet.WithDecisions(result);
        Measurement.Of(5, () => Scheduler.Plan(settled, Scope.Everything)).Row($"full plan at {Report.Count(settled.Placements.Count())} placements, nothing to change");
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        Report.Row("memory: live with the fleet and its plan; peak of the process so far", $"{Report.MiB(GC.GetTotalMemory(true))} MiB", $"{Report.MiB(process.PeakWorkingSet64)} MiB", "");
        return settled;
    }

    private static void WhatIfs(FleetSnapshot settled, int less)
    {
        var cluster = settled.FindCluster(SyntheticFleet.ClusterName(4_711))!;
        var labels = new SortedDictionary<string, string>(cluster.Labels.ToDictionary(), StringComparer.Ordinal) { ["slot"] = "s5" };
        Row("a label of one cluster", 2_000 / less, () => settled.WithCluster(cluster with { Labels = labels }));
        Row("a new revision of one Promise", Math.Max(1, 50 / less), () =>
        {
            var revision = SyntheticFleet.Revision(42, 1_000, 10, 2);
            return settled.WithRevision(revision).WithPin("ops", revision.Promise, 2).WithPin("apps", revision.Promise, 2);
        });

        void Row(string what, int runs, Func<FleetSnapshot> change)
        {
            var changes = 0;
            var measured = Measurement.Of(runs, () =>
            {
                var changed = change();
                var result = Scheduler.Plan(changed, ScopeOf.Between(settled, changed));
                changes = result.Changes.Count;
                Impact.From(result, settled, changed);
            });
            measured.Row($"what if: {what} ({changes} changes; change, scope, plan, impact)");
        }
    }

    private static void Verdicts(FleetSnapshot settled, int less)
    {
        Measurement.Of(2_000 / less, () => One(settled)).Row("one verdict");
        Measurement.Of(5, () => Page(settled)).Row($"summary of a Promise over {Report.Count(settled.Clusters.Count())} clusters and a page of 100");
        var cluster = settled.FindCluster(SyntheticFleet.ClusterName(4_711))!;
        var placements = settled.PlacementsOn(cluster.Name);
        Measurement.Of(2_000 / less, () => settled.WithCluster(cluster).WithPlacements(cluster.Name, placements).WithVersion(2)).Row("snapshot moved by one cluster and its placements");
    }

    private static void One(FleetSnapshot settled) => _ = Explainer.Explain(settled, "promise-00042", SyntheticFleet.ClusterName(4_711)).Items.Single();

    private static void Page(FleetSnapshot settled)
    {
        var verdicts = Explainer.Explain(settled, "promise-00042", null);
        _ = verdicts.Summary;
        _ = verdicts.After(SyntheticFleet.ClusterName(5_000)).Take(100).ToList();
    }
}
