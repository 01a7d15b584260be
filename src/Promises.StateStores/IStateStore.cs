namespace Promises.StateStores;

/// <summary>
/// One branch of one repository. Whatever cannot be done is a <see cref="StateStoreException"/>, but for the outcomes of
/// <see cref="PublishAsync"/>, which are to be told apart.
/// </summary>
public interface IStateStore
{
    /// <summary>Where the branch is now, asked of the repository, with its history at hand afterwards; null if there is no such branch.</summary>
    Task<string?> TipAsync(CancellationToken cancellationToken);

    /// <summary>The files of a commit; below these paths only, where any are given.</summary>
    Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken);

    /// <summary>What differs from one commit to another.</summary>
    Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="commit"/> is <paramref name="of"/> or comes before it. No, if it is not known at all.</summary>
    Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken);

    /// <summary>
    /// The commits that lead to <paramref name="to"/>, newest first, each with what it changed (a merge: in its first parent): those after
    /// <paramref name="from"/>, or the newest <paramref name="atMost"/> of all.
    /// </summary>
    Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken);

    /// <summary>Builds a commit and does not publish it. Null if the base has the same files already.</summary>
    Task<string?> CommitAsync(CommitSpec spec, CancellationToken cancellationToken);

    /// <summary>Moves the branch from the base to the commit, and never from anywhere else.</summary>
    Task<PushResult> PublishAsync(string commit, string? from, CancellationToken cancellationToken);

    /// <summary>Packs what has piled up. Quick when there is nothing to do.</summary>
    Task MaintainAsync(CancellationToken cancellationToken);
}
