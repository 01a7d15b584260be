using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What one commit is to do, and what to record when it is on the branch.</summary>
/// <param name="Base">The commit it builds on; null if there is no branch.</param>
/// <param name="Files">Empty if the branch has everything already.</param>
/// <param name="Notes">One per cluster that the commit touches.</param>
internal sealed record DeliveryPlan(string? Base, IReadOnlyList<FileChange> Files, IReadOnlyList<ClusterNote> Notes, DeliveryRecord Record);

internal enum ClusterEvent { None, Registered, OffBoarded, FilesUpdated }

internal sealed record ClusterNote(string Cluster, ClusterEvent Event, IReadOnlyList<PlacementNote> Placements);

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
