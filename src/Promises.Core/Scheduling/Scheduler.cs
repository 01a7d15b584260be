namespace Promises.Scheduling;

/// <summary>Decides which cluster has which Promise at which revision. A pure function of one snapshot: no clock, no chance, no I/O.</summary>
public static class Scheduler
{
    /// <summary>What has to change within the scope for the snapshot's placements to be those its rules ask for.</summary>
    /// <param name="withdrawals">Retained placements to end although nothing else would end them.</param>
    public static SchedulingResult Plan(
        FleetSnapshot snapshot, Scope scope, PlanMode mode = PlanMode.Deliberate, IReadOnlyCollection<Withdrawal>? withdrawals = null)
    {
        var withdrawn = (withdrawals ?? []).ToLookup(withdrawal => withdrawal.Cluster, withdrawal => withdrawal.Promise, StringComparer.Ordinal);
        var changes = new SortedDictionary<string, List<PlacementChange>>(StringComparer.Ordinal);
        var planner = new ClusterPlanner(snapshot, mode);
        foreach (var name in ClustersOf(snapshot, scope))
        {
            var found = snapshot.FindCluster(name) is { } cluster
                ? planner.Decide(cluster, withdrawn.Contains(name) ? withdrawn[name].ToHashSet(StringComparer.Ordinal) : null).Changes()
                : Leaving(snapshot, name, mode);
            foreach (var change in found)
            {
                if (!changes.TryGetValue(change.Promise, out var list)) changes.Add(change.Promise, list = []);
                list.Add(change);
            }
        }

        return changes.Count == 0 ? SchedulingResult.Nothing : new SchedulingResult([.. changes.Values.SelectMany(list => list)]);
    }

    private static IEnumerable<string> ClustersOf(FleetSnapshot snapshot, Scope scope) => scope is Scope.Some some
        ? some.Clusters.Order(StringComparer.Ordinal)
        : snapshot.Orphans.ToList() is { Count: > 0 } orphans
            ? snapshot.Clusters.Select(cluster => cluster.Name).Concat(orphans).Order(StringComparer.Ordinal)
            : snapshot.Clusters.Select(cluster => cluster.Name);

    private static IEnumerable<PlacementChange> Leaving(FleetSnapshot snapshot, string cluster, PlanMode mode) => mode == PlanMode.Resync
        ? []
        : snapshot.PlacementsOn(cluster).Select(placement =>
            PlacementChange.Removal(placement, RuleNames.Selected, $"Cluster {cluster} is leaving; {placement.Promise} leaves with it."));
}
