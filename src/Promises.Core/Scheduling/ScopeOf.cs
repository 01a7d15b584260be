namespace Promises.Scheduling;

/// <summary>Which clusters a change can affect.</summary>
public static class ScopeOf
{
    // From here on, testing every cluster for every pin costs more than planning all clusters of the environment.
    private const int ManyPins = 16;

    /// <summary>
    /// The clusters whose decisions can differ between two snapshots, one of which was made from the other. Never too few; where it is not known, all.
    /// </summary>
    public static Scope Between(FleetSnapshot before, FleetSnapshot after)
    {
        if (after.Trail.Since(before.Trail) is not { } touches) return Scope.Everything;

        var clusters = new HashSet<string>(StringComparer.Ordinal);
        foreach (var touch in touches.Where(touch => touch.Kind == TouchKind.Cluster)) clusters.Add(touch.Name);
        foreach (var touch in touches.Where(touch => touch.Kind == TouchKind.Environment)) AddAll(clusters, before, after, touch.Name);
        var touched = touches.Where(touch => touch.Kind == TouchKind.Promise).Select(touch => touch.Name).Distinct(StringComparer.Ordinal);
        foreach (var name in touched.Where(name => before.HasPromise(name) != after.HasPromise(name)))
        {
            clusters.UnionWith(Parents(name, before, after).Append(name).SelectMany(after.PlacementsOf).Select(placement => placement.Cluster));
        }

        foreach (var pins in touches.Where(touch => touch.Kind == TouchKind.Pin).GroupBy(touch => touch.Name, touch => touch.Promise!, StringComparer.Ordinal))
        {
            var promises = pins.ToHashSet(StringComparer.Ordinal);
            if (promises.Count > ManyPins) AddAll(clusters, before, after, pins.Key);
            else foreach (var promise in promises) AddConcerned(clusters, before, after, pins.Key, promise);
        }

        return Scope.Of(clusters);
    }

    private static void AddAll(HashSet<string> clusters, FleetSnapshot before, FleetSnapshot after, string environment) =>
        clusters.UnionWith(before.Clusters.Concat(after.Clusters).Where(cluster => cluster.Environment == environment).Select(cluster => cluster.Name));

    /// <summary>
    /// Clusters that have a decision on the Promise, or whose labels the old or the new pin is for, or where a parent of it has been decided on. Whoever
    /// else requires or collides with it is there by a pin of its own, or has met a decision on it there.
    /// </summary>
    private static void AddConcerned(HashSet<string> clusters, FleetSnapshot before, FleetSnapshot after, string environment, string promise)
    {
        var (old, current) = (before.PinsIn(environment).Find(promise), after.PinsIn(environment).Find(promise));
        var parents = Parents(promise, before, after);
        foreach (var cluster in after.Clusters.Where(cluster => cluster.Environment == environment))
        {
            var labels = after.LabelsOf(cluster);
            if (IsFor(old, labels) || IsFor(current, labels) || after.FindPlacement(promise, cluster.Name) is not null
                || parents.Any(parent => after.FindPlacement(parent, cluster.Name) is not null)) clusters.Add(cluster.Name);
        }
    }

    /// <summary>Whoever includes it in any revision, directly or not: incumbents may be held at an old one.</summary>
    private static HashSet<string> Parents(string promise, FleetSnapshot before, FleetSnapshot after)
    {
        var composites = new[] { before, after }.SelectMany(fleet => fleet.Catalogue.Promises.Values).SelectMany(revisions => revisions.Values)
            .Where(revision => revision.Includes.Count > 0).ToList();
        var (members, parents) = (new HashSet<string>([promise], StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        while (composites.Find(revision => !parents.Contains(revision.Promise) && revision.Includes.Any(entry => members.Contains(entry.Promise))) is { } parent)
        {
            parents.Add(parent.Promise);
            members.Add(parent.Promise);
        }

        return parents;
    }

    private static bool IsFor(PinnedRevision? pin, EffectiveLabels labels) => pin is not null && (pin.Revision.Placement.AllClusters || pin.Matches(labels));
}
