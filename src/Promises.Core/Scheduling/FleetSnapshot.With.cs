using System.Collections.Immutable;

namespace Promises.Scheduling;

public sealed partial class FleetSnapshot
{
    /// <summary>Builds a snapshot at once: much faster than step by step. Order does not matter.</summary>
    /// <param name="promises">Names of Promises; those of <paramref name="revisions"/> need not be repeated.</param>
    public static FleetSnapshot Create(
        long version,
        IEnumerable<EnvironmentState> environments,
        IEnumerable<PinState> pins,
        IEnumerable<StoreState> stores,
        IEnumerable<ClusterState> clusters,
        IEnumerable<string> promises,
        IEnumerable<RevisionState> revisions,
        IEnumerable<PlacementState> placements)
    {
        var pinsOf = pins.ToLookup(pin => pin.Environment, StringComparer.Ordinal);
        return new FleetSnapshot(
            version,
            Catalogue.Empty.With(promises, revisions),
            Empty._rungs.AddRange(environments.Select(environment => KeyValuePair.Create(
                environment.Name, new Rung(environment, s_noPins.AddRange(pinsOf[environment.Name].Select(pin => KeyValuePair.Create(pin.Promise, pin.Revision))))))),
            Empty._stores.AddRange(stores.Select(store => KeyValuePair.Create(store.Name, store))),
            Empty._clusters.AddRange(clusters.Select(cluster => KeyValuePair.Create(cluster.Name, cluster))),
            Empty._placements.AddRange(placements.GroupBy(placement => placement.Cluster, StringComparer.Ordinal)
                .Select(group => KeyValuePair.Create(group.Key, Sorted(group)))),
            Trail.Start());
    }

    private static readonly ImmutableSortedDictionary<string, int> s_noPins = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    public FleetSnapshot WithVersion(long version) => new(version, Catalogue, _rungs, _stores, _clusters, _placements, Trail);

    /// <summary>Adds an environment without pins, or changes one, which keeps its pins.</summary>
    public FleetSnapshot WithEnvironment(EnvironmentState environment) => WithRungs(
        _rungs.SetItem(environment.Name, _rungs.GetValueOrDefault(environment.Name)?.With(environment) ?? new Rung(environment, s_noPins)),
        new Touch(TouchKind.Environment, environment.Name));

    public FleetSnapshot WithoutEnvironment(string name) => WithRungs(_rungs.Remove(name), new Touch(TouchKind.Environment, name));

    /// <summary>Pins a revision in an environment; an unknown environment is left alone.</summary>
    public FleetSnapshot WithPin(string environment, string promise, int revision) => _rungs.TryGetValue(environment, out var rung)
        ? WithRungs(_rungs.SetItem(environment, rung.With(rung.Pins.SetItem(promise, revision))), new Touch(TouchKind.Pin, environment, promise))
        : this;

    public FleetSnapshot WithoutPin(string environment, string promise) => _rungs.TryGetValue(environment, out var rung)
        ? WithRungs(_rungs.SetItem(environment, rung.With(rung.Pins.Remove(promise))), new Touch(TouchKind.Pin, environment, promise))
        : this;

    public FleetSnapshot WithStore(StoreState store) => new(Version, Catalogue, _rungs, _stores.SetItem(store.Name, store), _clusters, _placements, Trail);

    public FleetSnapshot WithoutStore(string name) => new(Version, Catalogue, _rungs, _stores.Remove(name), _clusters, _placements, Trail);

    public FleetSnapshot WithCluster(ClusterState cluster) =>
        new(Version, Catalogue, _rungs, _stores, _clusters.SetItem(cluster.Name, cluster), _placements, Trail.Then(new Touch(TouchKind.Cluster, cluster.Name)));

    /// <summary>Its placements stay until they are taken out too: a plan then withdraws them.</summary>
    public FleetSnapshot WithoutCluster(string name) =>
        new(Version, Catalogue, _rungs, _stores, _clusters.Remove(name), _placements, Trail.Then(new Touch(TouchKind.Cluster, name)));

    /// <summary>Adds a revision, and its Promise where it is new. It reaches no cluster before it is pinned.</summary>
    public FleetSnapshot WithRevision(RevisionState revision) => WithCatalogue(Catalogue.With([], [revision]), revision.Promise);

    public FleetSnapshot WithPromise(string name) => WithCatalogue(Catalogue.With([name], []), name);

    /// <summary>Takes a Promise out with its revisions and pins. Its placements stay: a plan then withdraws them.</summary>
    public FleetSnapshot WithoutPromise(string name)
    {
        var snapshot = this;
        foreach (var environment in _rungs.Values.Where(rung => rung.Pins.ContainsKey(name)).Select(rung => rung.State.Name))
        {
            snapshot = snapshot.WithoutPin(environment, name);
        }

        return snapshot.WithCatalogue(Catalogue.Without(name), name);
    }

    /// <summary>Replaces all placements of a cluster.</summary>
    public FleetSnapshot WithPlacements(string cluster, IEnumerable<PlacementState> placements)
    {
        var sorted = Sorted(placements);
        return new FleetSnapshot(
            Version, Catalogue, _rungs, _stores, _clusters, sorted.Length == 0 ? _placements.Remove(cluster) : _placements.SetItem(cluster, sorted),
            Trail.Then(new Touch(TouchKind.Cluster, cluster)));
    }

    /// <summary>The snapshot in which a plan's decisions are made.</summary>
    public FleetSnapshot WithDecisions(SchedulingResult result)
    {
        var (placements, trail) = (_placements.ToBuilder(), Trail);
        foreach (var changes in result.Changes.GroupBy(change => change.Cluster, StringComparer.Ordinal))
        {
            var decided = PlacementArray(changes.Key).ToDictionary(placement => placement.Promise, StringComparer.Ordinal);
            foreach (var change in changes)
            {
                if (change.After is null) decided.Remove(change.Promise);
                else decided[change.Promise] = change.After;
            }

            if (decided.Count == 0) placements.Remove(changes.Key);
            else placements[changes.Key] = Sorted(decided.Values);
            trail = trail.Then(new Touch(TouchKind.Cluster, changes.Key));
        }

        return new FleetSnapshot(Version, Catalogue, _rungs, _stores, _clusters, placements.ToImmutable(), trail);
    }

    private static PlacementState[] Sorted(IEnumerable<PlacementState> placements) => [.. placements.OrderBy(placement => placement.Promise, StringComparer.Ordinal)];

    private FleetSnapshot WithRungs(ImmutableDictionary<string, Rung> rungs, Touch touch) =>
        new(Version, Catalogue, rungs, _stores, _clusters, _placements, Trail.Then(touch));

    private FleetSnapshot WithCatalogue(Catalogue catalogue, string promise) =>
        new(Version, catalogue, _rungs, _stores, _clusters, _placements, Trail.Then(new Touch(TouchKind.Promise, promise)));
}
