using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What one batch is to do: a plan for each branch it concerns.</summary>
internal sealed record DeliveryPlan(IReadOnlyList<BranchPlan> Branches)
{
    public IEnumerable<FileLoss> Losses => Branches.SelectMany(branch => branch.Losses);

    public IEnumerable<FileLoss> Leftovers => Branches.SelectMany(branch => branch.Leftovers);

    public IEnumerable<ClusterNote> Notes => Branches.SelectMany(branch => branch.Notes);

    /// <summary>The same, but some files stay where they are.</summary>
    public DeliveryPlan Keeping(IReadOnlyCollection<FileLoss> kept) => kept.Count == 0
        ? this
        : new([.. Branches.Select(branch => branch.Keeping([.. kept.Where(loss => loss.Branch == branch.Branch)]))]);

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
    /// <summary>Files that it deletes and nothing takes the place of: what <see cref="Brake"/> looks at.</summary>
    public IReadOnlyList<FileLoss> Losses { get; init; } = [];

    /// <summary>Files that it deletes because the database, which is older than the branch, knows nothing of them.</summary>
    public IReadOnlyList<FileLoss> Leftovers { get; init; } = [];

    /// <summary>Where it is a proposal: the files that are ours once somebody has merged it, each with its owner.</summary>
    public IReadOnlyList<OwnedPath> Proposes { get; init; } = [];

    /// <summary>The same, but some files stay where they are. What is recorded knows nothing of them, so from then on they are somebody else's.</summary>
    public BranchPlan Keeping(IReadOnlyCollection<FileLoss> kept)
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

/// <param name="Owner">The placement (<c>promise.cluster</c>) or the cluster.</param>
internal sealed record OwnedPath(string Owner, string Path, string Blob)
{
    /// <param name="promise">Null for the cluster itself.</param>
    public static string OwnerOf(string cluster, string? promise) => promise is null ? cluster : $"{promise}.{cluster}";
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
