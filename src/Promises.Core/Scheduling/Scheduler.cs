namespace Promises.Scheduling;

/// <summary>Decides which cluster has which Promise at which revision. A pure function of one snapshot: no clock, no chance, no I/O.</summary>
public static class Scheduler
{
    private const int ClustersAtATime = 2048;

    /// <summary>What has to change within the scope for the snapshot's placements to be those its rules ask for.</summary>
    /// <param name="withdrawals">Retained placements to end although nothing else would end them.</param>
    public static SchedulingResult Plan(
        FleetSnapshot snapshot, Scope scope, PlanMode mode = PlanMode.Deliberate, IReadOnlyCollection<Withdrawal>? withdrawals = null)
    {
        var withdrawn = (withdrawals ?? []).ToLookup(withdrawal => withdrawal.Cluster, withdrawal => withdrawal.Promise, StringComparer.Ordinal);
        var changes = new SortedDictionary<string, List<PlacementChange>>(StringComparer.Ordinal);
        var chunks = ClustersOf(snapshot, scope).Chunk(ClustersAtATime);
        // Clusters are decided each by itself, so a large fleet is decided on all cores; the order is that of one.
        var decided = scope is Scope.Some { Clusters.Count: <= ClustersAtATime } || snapshot.ClusterCount <= ClustersAtATime
            ? chunks.Select(clusters => Decide(snapshot, clusters, mode, withdrawn))
            : chunks.AsParallel().AsOrdered().Select(clusters => Decide(snapshot, clusters, mode, withdrawn));
        foreach (var change in decided.SelectMany(found => found))
        {
            if (!changes.TryGetValue(change.Promise, out var list)) changes.Add(change.Promise, list = []);
            list.Add(change);
        }

        return changes.Count == 0 ? SchedulingResult.Nothing : new SchedulingResult([.. changes.Values.SelectMany(list => list)]);
    }

    private static List<PlacementChange> Decide(
        FleetSnapshot snapshot, (string Name, ClusterState? Cluster)[] clusters, PlanMode mode, ILookup<string, string> withdrawn)
    {
        var (planner, changes) = (new ClusterPlanner(snapshot, mode), new List<PlacementChange>());
        foreach (var (name, cluster) in clusters)
        {
            if (cluster is null) changes.AddRange(Leaving(snapshot, name, mode));
            else planner.Decide(cluster, withdrawn.Contains(name) ? withdrawn[name].ToHashSet(StringComparer.Ordinal) : null).AddChanges(changes);
        }

        return changes;
    }

    /// <summary>By name. Null for a cluster that has placements and is gone.</summary>
    private static IEnumerable<(string Name, ClusterState? Cluster)> ClustersOf(FleetSnapshot snapshot, Scope scope)
    {
        if (scope is Scope.Some some) return some.Clusters.Order(StringComparer.Ordinal).Select(name => (name, snapshot.FindCluster(name)));

        var all = snapshot.Clusters.Select(cluster => (cluster.Name, (ClusterState?)cluster));
        var orphans = snapshot.Orphans.Select(name => (name, (ClusterState?)null)).ToList();
        return orphans.Count == 0 ? all : all.Concat(orphans).OrderBy(entry => entry.Item1, StringComparer.Ordinal);
    }

    private static IEnumerable<PlacementChange> Leaving(FleetSnapshot snapshot, string cluster, PlanMode mode) => mode == PlanMode.Resync
        ? []
        : snapshot.PlacementsOn(cluster).Select(placement =>
            PlacementChange.Removal(placement, RuleNames.Selected, $"Cluster {cluster} is leaving; {placement.Promise} leaves with it."));
}
