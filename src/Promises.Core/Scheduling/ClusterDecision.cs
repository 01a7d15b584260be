using System.Runtime.InteropServices;

namespace Promises.Scheduling;

/// <summary>The deciding of one cluster: all Promises that are or could be on it, and what is decided of them.</summary>
internal sealed class ClusterDecision(FleetSnapshot snapshot, ClusterState cluster, PlanMode mode, IReadOnlySet<string>? withdrawn)
{
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);

    public FleetSnapshot Snapshot { get; } = snapshot;

    public ClusterState Cluster { get; } = cluster;

    public PlanMode Mode { get; } = mode;

    public PinIndex Pins { get; } = snapshot.PinsFor(cluster);

    public EffectiveLabels Labels { get; } = snapshot.LabelsOf(cluster);

    /// <summary>Grows while members are found: go through it by index.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>How often the members were looked for again.</summary>
    public int Passes { get; set; }

    /// <summary>Who has which contested claim, of all that is placed so far.</summary>
    public Holders Holders { get; } = new();

    public Row? Find(string promise) => _rows.GetValueOrDefault(promise);

    public bool IsWithdrawn(Row row) => withdrawn is not null && withdrawn.Contains(row.Promise);

    public Contest[] ContestsOf(RevisionState revision) => Snapshot.Catalogue.ContestsOf(revision);

    public void Begin(List<PinnedRevision> matches)
    {
        foreach (var placement in Snapshot.PlacementArray(Cluster.Name))
        {
            var current = placement.Delivers ? Snapshot.FindRevision(placement.Promise, placement.Revision) : null;
            var row = new Row(placement.Promise, Pins.Find(placement.Promise), placement, current);
            _rows.Add(row.Promise, row);
            Rows.Add(row);
        }

        foreach (var pin in Pins.AllClusters) RowOf(pin.Promise, pin);
        foreach (var pin in matches) RowOf(pin.Promise, pin).Selected = true;
    }

    public Row RowOf(string promise) => _rows.TryGetValue(promise, out var row) ? row : RowOf(promise, Pins.Find(promise));

    public IEnumerable<PlacementChange> Changes()
    {
        foreach (var row in Rows)
        {
            if (Decisions.ChangeOf(this, row) is { } change) yield return change;
        }
    }

    /// <summary>Something placed on the cluster that has this claim so that the two cannot both be there; the first by name.</summary>
    public Row? Rival(Contest contest, string promise) => Holders.Of(contest.Use)
        .Where(holder => holder.Row.Promise != promise && contest.Conflicts(holder.Exclusive))
        .Select(holder => holder.Row)
        .MinBy(row => row.Promise, StringComparer.Ordinal);

    private Row RowOf(string promise, PinnedRevision? pin)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, promise, out var exists);
        if (!exists) Rows.Add(row = new Row(promise, pin, null, null));
        return row!;
    }
}
