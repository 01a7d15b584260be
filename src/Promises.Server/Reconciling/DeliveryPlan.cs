using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What one commit is to do, and what to record when it is on the branch.</summary>
/// <param name="Base">The commit it builds on; null if there is no branch.</param>
/// <param name="Files">Empty if the branch has everything already.</param>
/// <param name="Notes">One per cluster that the commit touches.</param>
internal sealed record DeliveryPlan(string? Base, IReadOnlyList<FileChange> Files, IReadOnlyList<ClusterNote> Notes, DeliveryRecord Record)
{
    /// <summary>Files that it deletes and nothing takes the place of: what <see cref="Brake"/> looks at.</summary>
    public IReadOnlyList<FileLoss> Losses { get; init; } = [];

    /// <summary>Files that it deletes because the database, which is older than the branch, knows nothing of them.</summary>
    public IReadOnlyList<FileLoss> Leftovers { get; init; } = [];

    /// <summary>The same, but some files stay where they are. What is recorded knows nothing of them, so from then on they are somebody else's.</summary>
    public DeliveryPlan Keeping(IReadOnlyCollection<FileLoss> kept)
    {
        if (kept.Count == 0) return this;
        var paths = kept.Select(loss => loss.Path).ToHashSet(StringComparer.Ordinal);
        var losing = Losses.Where(loss => !paths.Contains(loss.Path)).Select(loss => (loss.Cluster, loss.Promise)).ToHashSet();
        var untouched = kept.Select(loss => (loss.Cluster, loss.Promise)).Where(owner => !losing.Contains(owner)).ToHashSet();
        return this with
        {
            Files = [.. Files.Where(file => file.Content is not null || !paths.Contains(file.Path))],
            Losses = [.. Losses.Where(loss => !paths.Contains(loss.Path))],
            Notes = [.. Notes.Select(note => note.Without(untouched)).Where(note => note.Event != ClusterEvent.None || note.Placements.Count > 0)],
        };
    }
}

internal enum ClusterEvent { None, Registered, OffBoarded, FilesUpdated }

internal sealed record ClusterNote(string Cluster, ClusterEvent Event, IReadOnlyList<PlacementNote> Placements)
{
    /// <param name="untouched">Who was to lose files, and loses none.</param>
    public ClusterNote Without(IReadOnlySet<(string Cluster, string? Promise)> untouched) => this with
    {
        Event = Event == ClusterEvent.OffBoarded && untouched.Contains((Cluster, null)) ? ClusterEvent.None : Event,
        Placements = [.. Placements.Where(note => note.To is not null || !untouched.Contains((Cluster, note.Promise)))],
    };
}

/// <param name="From">The revision that was on the branch; null if none was.</param>
/// <param name="To">The revision that is now; null if it was removed.</param>
internal sealed record PlacementNote(string Promise, int? From, int? To)
{
    public override string ToString() => (From, To) switch
    {
        (null, _) => $"{Promise} added at {To}",
        (_, null) => $"{Promise} {From} removed",
        _ when From == To => $"{Promise} {To} rewritten",
        _ => $"{Promise} {From} -> {To}",
    };
}
