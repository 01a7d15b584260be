using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What one batch is to do: a plan for each branch it concerns.</summary>
internal sealed record DeliveryPlan(IReadOnlyList<BranchPlan> Branches)
{
    /// <param name="commits">Those that were built, by branch.</param>
    public DeliveryRecord Record(StoreWork work, IReadOnlyDictionary<string, string> commits)
    {
        var manifests = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (digest, files) in Branches.SelectMany(plan => plan.Manifests)) manifests.TryAdd(digest, files);
        return new DeliveryRecord(
            work.Store.Name, work.Store.Url, work.Store.Branch, work.Version,
            [.. Branches.Select(plan => plan.Record with { Commit = commits.GetValueOrDefault(plan.Branch) })], manifests);
    }
}

/// <summary>What one commit is to do, and what to record when it is on its branch.</summary>
/// <param name="Base">The commit it builds on; null if there is no branch.</param>
/// <param name="Files">Empty if the branch has everything already.</param>
/// <param name="Notes">One per cluster that the commit touches.</param>
/// <param name="Changes">That it is an answer to, oldest first.</param>
/// <param name="Manifests">The files of its placements, by the digest of their manifest.</param>
/// <param name="Record">As if no commit were needed.</param>
internal sealed record BranchPlan(
    string Branch, string? Base, IReadOnlyList<FileChange> Files, IReadOnlyList<ClusterNote> Notes, IReadOnlyList<PendingChange> Changes,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Manifests, BranchRecord Record)
{
    /// <summary>The files that it writes, each with its owner.</summary>
    public IReadOnlyList<OwnedPath> Writes { get; init; } = [];
}

/// <param name="Owner">The placement (<c>promise.cluster</c>) or the cluster.</param>
internal sealed record OwnedPath(string Owner, string Path, string Blob);

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
