using System.Collections.Immutable;
using Promises.Manifests;

namespace Promises.Scheduling;

/// <summary>
/// Everything decisions depend on, at one fleet version. Immutable: each <c>With…</c> answers a new snapshot that shares all the rest, in microseconds
/// however large the fleet is. Holds no content of objects.
/// </summary>
public sealed partial class FleetSnapshot
{
    public static readonly FleetSnapshot Empty = new(
        0, Catalogue.Empty, ImmutableDictionary.Create<string, Rung>(StringComparer.Ordinal), ImmutableDictionary.Create<string, StoreState>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ClusterState>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, PlacementState[]>(StringComparer.Ordinal), Trail.Start());

    private readonly ImmutableDictionary<string, Rung> _rungs;
    private readonly ImmutableDictionary<string, StoreState> _stores;
    private readonly ImmutableSortedDictionary<string, ClusterState> _clusters;
    private readonly ImmutableDictionary<string, PlacementState[]> _placements;
    private readonly Lazy<IReadOnlyList<EnvironmentState>> _ladder;

    private FleetSnapshot(
        long version,
        Catalogue catalogue,
        ImmutableDictionary<string, Rung> rungs,
        ImmutableDictionary<string, StoreState> stores,
        ImmutableSortedDictionary<string, ClusterState> clusters,
        ImmutableDictionary<string, PlacementState[]> placements,
        Trail trail)
    {
        (Version, Catalogue, _rungs, _stores, _clusters, _placements, Trail) = (version, catalogue, rungs, stores, clusters, placements, trail);
        _ladder = new(() => [.. rungs.Values.Select(rung => rung.State).OrderBy(rung => rung.Position).ThenBy(rung => rung.Name, StringComparer.Ordinal)]);
    }

    public long Version { get; }

    /// <summary>The environments, the lowest rung first.</summary>
    public IReadOnlyList<EnvironmentState> Ladder => _ladder.Value;

    /// <summary>By name.</summary>
    public IEnumerable<ClusterState> Clusters => _clusters.Values;

    public int ClusterCount => _clusters.Count;

    public IEnumerable<StoreState> Stores => _stores.Values.OrderBy(store => store.Name, StringComparer.Ordinal);

    /// <summary>Names of all Promises, sorted by ordinal.</summary>
    public IEnumerable<string> Promises => Catalogue.Promises.Keys;

    public IEnumerable<PlacementState> Placements => _placements.Values.SelectMany(placements => placements);

    internal Catalogue Catalogue { get; }

    internal Trail Trail { get; }

    /// <summary>Names of clusters that have placements and are not, or no longer, in the snapshot.</summary>
    internal IEnumerable<string> Orphans => _placements.Keys.Where(cluster => !_clusters.ContainsKey(cluster));

    public EnvironmentState? FindEnvironment(string name) => _rungs.GetValueOrDefault(name)?.State;

    public ClusterState? FindCluster(string name) => _clusters.GetValueOrDefault(name);

    public StoreState? FindStore(string name) => _stores.GetValueOrDefault(name);

    public bool HasPromise(string name) => Catalogue.Has(name);

    public RevisionState? FindRevision(string promise, int number) => Catalogue.Find(promise, number);

    /// <summary>All revisions of a Promise by number; empty if there is no such Promise.</summary>
    public IEnumerable<RevisionState> RevisionsOf(string promise) => Catalogue.Promises.GetValueOrDefault(promise)?.Values ?? [];

    /// <summary>The pins of an environment by Promise: for the ladder and for showing. What a cluster gets is <see cref="RevisionOn"/>.</summary>
    public IReadOnlyDictionary<string, int> PinsOf(string environment) => _rungs.GetValueOrDefault(environment)?.Pins ?? ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Which revision of a Promise a cluster gets, if it gets the Promise at all; null where none is pinned for it. Only this place answers that.</summary>
    public RevisionState? RevisionOn(string promise, ClusterState cluster) => PinsFor(cluster).Find(promise)?.Revision;

    /// <summary>Labels that selectors see: the cluster's own and the derived ones.</summary>
    public EffectiveLabels LabelsOf(ClusterState cluster) => new(cluster, FindEnvironment(cluster.Environment)?.Audience);

    /// <summary>By Promise.</summary>
    public IReadOnlyList<PlacementState> PlacementsOn(string cluster) => PlacementArray(cluster);

    public PlacementState? FindPlacement(string promise, string cluster)
    {
        var placements = PlacementArray(cluster);
        var (low, high) = (0, placements.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(placements[middle].Promise, promise);
            if (order == 0) return placements[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }

    /// <summary>Placements of one Promise, by cluster name.</summary>
    public IEnumerable<PlacementState> PlacementsOf(string promise) =>
        _placements.Keys.Order(StringComparer.Ordinal).Select(cluster => FindPlacement(promise, cluster)).OfType<PlacementState>();

    /// <summary>Objects that a placement has on its cluster by decision; none while it does not deliver.</summary>
    public IReadOnlyList<ManifestObject> ObjectsOf(PlacementState? placement) =>
        placement is { Delivers: true } ? FindRevision(placement.Promise, placement.Revision)?.Objects ?? [] : [];

    internal PlacementState[] PlacementArray(string cluster) => _placements.GetValueOrDefault(cluster) ?? [];

    /// <summary>All that is pinned for a cluster. When roll-outs come in waves, clusters of one environment will differ here.</summary>
    internal PinIndex PinsFor(ClusterState cluster) => PinsIn(cluster.Environment);

    internal PinIndex PinsIn(string environment) => _rungs.GetValueOrDefault(environment)?.IndexIn(Catalogue) ?? PinIndex.Empty;
}
