namespace Promises.Scheduling;

/// <summary>The deciding of one cluster: all Promises that are or could be on it, and what is decided of them.</summary>
/// <param name="found">Empty, and left so: one for all clusters that are decided one after the other.</param>
internal sealed class ClusterDecision(FleetSnapshot snapshot, ClusterState cluster, PlanMode mode, IReadOnlySet<string>? withdrawn, Queue<Row> found)
{
    /// <summary>Most clusters have few Promises, and looking through some names is quicker than making a dictionary for each of a million clusters.</summary>
    private const int FewRows = 12;

    private Dictionary<string, Row>? _rows;

    public FleetSnapshot Snapshot { get; } = snapshot;

    public ClusterState Cluster { get; } = cluster;

    public PlanMode Mode { get; } = mode;

    public PinIndex Pins { get; } = snapshot.PinsFor(cluster);

    public EffectiveLabels Labels { get; } = snapshot.LabelsOf(cluster);

    /// <summary>Grows while members are found: go through it by index.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>Rows whose members are to be looked for.</summary>
    public Queue<Row> Found { get; } = found;

    /// <summary>How often the members were looked for again.</summary>
    public int Passes { get; set; }

    /// <summary>Who has which contested claim, of all that is placed so far.</summary>
    public Holders Holders { get; } = new();

    public Row? Find(string promise)
    {
        if (_rows is not null) return _rows.GetValueOrDefault(promise);
        foreach (var row in Rows)
        {
            if (row.Promise == promise) return row;
        }

        return null;
    }

    public bool IsWithdrawn(Row row) => withdrawn is not null && withdrawn.Contains(row.Promise);

    public Contest[] ContestsOf(RevisionState revision) => Snapshot.Catalogue.ContestsOf(revision);

    public void Begin(List<PinnedRevision> matches)
    {
        var placements = Snapshot.PlacementArray(Cluster.Name);
        Rows.EnsureCapacity(Math.Max(placements.Length, Pins.AllClusters.Count + matches.Count));
        foreach (var placement in placements)
        {
            var current = placement.Delivers ? Snapshot.FindRevision(placement.Promise, placement.Revision) : null;
            Add(new Row(placement.Promise, Pins.Find(placement.Promise), placement, current));
        }

        foreach (var pin in Pins.AllClusters) RowOf(pin.Promise, pin);
        foreach (var pin in matches) RowOf(pin.Promise, pin).Selected = true;
    }

    public Row RowOf(string promise) => Find(promise) ?? Add(new Row(promise, Pins.Find(promise), null, null));

    public void AddChanges(List<PlacementChange> to)
    {
        foreach (var row in Rows)
        {
            if (Decisions.ChangeOf(this, row) is { } change) to.Add(change);
        }
    }

    /// <summary>Something placed on the cluster that has this claim so that the two cannot both be there; the first by name.</summary>
    public Row? Rival(Contest contest, string promise) => Holders.Of(contest.Use)
        .Where(holder => holder.Row.Promise != promise && contest.Conflicts(holder.Exclusive))
        .Select(holder => holder.Row)
        .MinBy(row => row.Promise, StringComparer.Ordinal);

    private Row RowOf(string promise, PinnedRevision pin) => Find(promise) ?? Add(new Row(promise, pin, null, null));

    private Row Add(Row row)
    {
        Rows.Add(row);
        if (_rows is not null) _rows.Add(row.Promise, row);
        else if (Rows.Count > FewRows) _rows = Rows.ToDictionary(known => known.Promise, StringComparer.Ordinal);
        return row;
    }
}
