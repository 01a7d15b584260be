namespace Promises.StateStores;

/// <summary>
/// One repository, and those of its branches that are ours to write. Whatever cannot be done is a <see cref="StateStoreException"/>, but for
/// the outcomes of <see cref="PublishAsync"/>, which are to be told apart.
/// </summary>
public interface IStateStore
{
    /// <summary>Where these branches are now, asked of the repository, with their history at hand afterwards. One that is not there is left out.</summary>
    Task<IReadOnlyDictionary<string, string>> TipsAsync(IReadOnlyCollection<string> branches, CancellationToken cancellationToken);

    /// <summary>The files of a commit. Where paths are given: what is at or below them, and what stands where a directory above one of them would have to be.</summary>
    Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken);

    /// <summary>All files of several commits, in one go however many.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<TreeEntry>>> ListAsync(IReadOnlyCollection<string> commits, CancellationToken cancellationToken);

    /// <summary>What differs from one commit to another.</summary>
    Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="commit"/> is <paramref name="of"/> or comes before it. No, if it is not known at all.</summary>
    Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken);

    /// <summary>
    /// The commits that lead to <paramref name="to"/>, newest first, each with what it changed (a merge: in its first parent): those after
    /// <paramref name="from"/>, or the newest <paramref name="atMost"/> of all. None, if it is not here and the host does not give it.
    /// </summary>
    Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken);

    /// <summary>Builds commits, each on a branch of its own, and publishes none. Null where the base has the same files already.</summary>
    Task<IReadOnlyList<string?>> CommitAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken);

    /// <summary>Moves each branch from where it is expected to its commit, and never from anywhere else. One that is refused does not hold back the others.</summary>
    /// <returns>In the order of the moves.</returns>
    Task<IReadOnlyList<PushResult>> PublishAsync(IReadOnlyList<BranchMove> moves, CancellationToken cancellationToken);
}
