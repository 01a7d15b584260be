namespace Promises.Server.Reconciling;

/// <summary>
/// What is to be recorded once a commit is known to be on the branch. Kept as the intent before the push, so that a crash after it is
/// settled exactly as if there had been none.
/// </summary>
/// <param name="Url">With <paramref name="Branch"/> the place it was written to: of no worth once the store points elsewhere.</param>
/// <param name="Base">The commit it builds on; null if the branch was not there.</param>
/// <param name="Repairs">Null if nobody else had touched our files.</param>
internal sealed record DeliveryRecord(
    string Store,
    string? Url,
    string Branch,
    string? Base,
    long Version,
    IReadOnlyList<PlacementRecord> Placements,
    IReadOnlyList<ClusterRecord> Clusters,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Manifests,
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

/// <param name="Findings">Null where they were not looked for.</param>
internal sealed record ClusterRecord(string Cluster, bool Gone, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string>? Findings);
