using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// What is to be recorded once commits are known to be on their branches. Kept as the intent before the push, so that a crash after it is
/// settled exactly as if there had been none.
/// </summary>
/// <param name="Url">With <paramref name="Branch"/> the place it was written to: of no worth once the store points elsewhere.</param>
/// <param name="Branch">As the store names it, for all clusters or with a place for the name of each.</param>
/// <param name="Manifests">Of all placements.</param>
internal sealed record DeliveryRecord(
    string Store,
    string? Url,
    string Branch,
    long Version,
    IReadOnlyList<BranchRecord> Branches,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Manifests)
{
    /// <summary>What waits to be merged, in a store that is not pushed to.</summary>
    public ProposedRecord? Proposed { get; init; }

    /// <summary>Branches of a store that is pushed to again: with this record they are history, since what was proposed there is on its branch or not wanted.</summary>
    public IReadOnlyList<string> EndedProposals { get; init; } = [];

    /// <summary>A commit of it; the last, if there are several.</summary>
    public string? LastCommit() => Branches.Select(branch => branch.Commit).LastOrDefault(commit => commit is not null);

    /// <summary>The uid of each cluster in it.</summary>
    public IReadOnlyDictionary<string, Guid?> Uids() =>
        Branches.SelectMany(branch => branch.Clusters).DistinctBy(row => row.Cluster).ToDictionary(row => row.Cluster, row => row.Uid, StringComparer.Ordinal);

    public DeliveryRecord Only(Func<BranchRecord, bool> which) => this with { Branches = [.. Branches.Where(which)] };

    /// <summary>What has to be pushed.</summary>
    public IReadOnlyList<BranchMove> Moves() =>
        [.. Branches.Where(branch => branch.Commit is not null).Select(branch => new BranchMove(branch.Branch, branch.Base, branch.Commit!))];
}

/// <param name="Base">The commit it builds on; null if the branch was not there.</param>
/// <param name="Commit">Null if the branch had everything already.</param>
/// <param name="Repairs">Null if nobody else had touched our files.</param>
internal sealed record BranchRecord(
    string Branch,
    string? Base,
    string? Commit,
    IReadOnlyList<PlacementRecord> Placements,
    IReadOnlyList<ClusterRecord> Clusters,
    IReadOnlyList<long> Changes,
    Repairs? Repairs = null);

/// <param name="Gone">Its files are off the branch.</param>
/// <param name="Changed">The commit touches its files.</param>
/// <param name="Wanted">The digest it was decided by.</param>
/// <param name="Revision">Null where nothing is on the branch.</param>
/// <param name="StalledReason">Nothing of it was written, and why.</param>
internal sealed record PlacementRecord(
    string Promise, string Cluster, bool Gone, bool Changed, string? Wanted, int? Revision, string? Manifest, string? Child,
    string? StalledReason = null, string? StalledMessage = null);

/// <param name="Files">Its own: path below its directory to blob id. Null where they are as they were recorded before.</param>
/// <param name="Findings">Null where they were not looked for.</param>
internal sealed record ClusterRecord(string Cluster, bool Gone, IReadOnlyDictionary<string, string>? Files, IReadOnlyList<string>? Findings)
{
    /// <summary>Of the cluster that was written: one of its name may be registered anew, elsewhere, before this is recorded. Null in records of earlier releases.</summary>
    public Guid? Uid { get; init; }

    /// <summary>The commit touches its own files.</summary>
    public bool IsChanged { get; init; }

    /// <summary>It waits for a merge: only its own files may be on the branch yet.</summary>
    public bool IsPending { get; init; }
}
