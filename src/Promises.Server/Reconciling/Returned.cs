using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// Files that we had removed and that are there again, because others took the branch back to a commit before that, or rewrote it from one. No row knows of them,
/// but they are not somebody else's: an agent would bring back what was withdrawn.
/// </summary>
internal static class Returned
{
    /// <summary>Of the commits that the branch lost so many are read, the newest.</summary>
    private const int Newest = 100;

    private static readonly Dictionary<string, string> None = [];

    /// <returns>Full path to blob id.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(
        IStateStore store, StoreWork work, BranchWork branch, BranchView view, CancellationToken cancellationToken)
    {
        // Where the database is older than the branch, what our commits did is not what it wants; and what is merged into a branch, whoever merges decides.
        if (work.Store.IsByProposal || view.All is null || view.Tip is null || view.Restored is not null || branch.Head is null) return None;
        var lost = await store.HistoryAsync(view.Tip, branch.Head, Newest, cancellationToken);
        var (gone, states) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<(string Path, string Blob)>());
        foreach (var commit in lost.Reverse())
        {
            var isOurs = Restored.IsOf(commit, work.Store.Name);
            foreach (var change in commit.Changes)
            {
                if (change.Before is not null) states.Add((change.Path, change.Before));
                if (change.After is not null) gone.Remove(change.Path);
                else if (isOurs) gone.Add(change.Path);
            }
        }

        // As it was when we removed it, or before: also what somebody had put in its place.
        var removed = gone.Where(path => view.All.TryGetValue(path, out var blob) && states.Contains((path, blob)))
            .ToDictionary(path => path, path => view.All[path], StringComparer.Ordinal);
        if (removed.Count == 0) return removed;

        var recorded = new RecordedPaths(work, branch, view);
        return removed.Where(file => !recorded.Has(file.Key)).ToDictionary(StringComparer.Ordinal);
    }
}
