using Promises.Manifests;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// Files that we had removed and that are there again, because others took the branch back to a commit before that, or rewrote it from one. No row knows of them,
/// but they are not somebody else's: an agent would bring back what was withdrawn.
/// </summary>
internal static class Returned
{
    /// <summary>Of the commits that the branch lost so many are read, the newest, and of those that it has.</summary>
    private const int Newest = 100;

    private static readonly Dictionary<string, string> None = [];

    /// <returns>Full path to blob id.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(
        IStateStore store, StoreWork work, BranchWork branch, BranchView view, CancellationToken cancellationToken)
    {
        // Where the database is older than the branch, what our commits did is not what it wants; and what is merged into a branch, whoever merges decides.
        if (work.Store.IsByProposal || view.All is null || view.Tip is null || view.Restored is not null || branch.Head is null) return None;
        var lost = await store.HistoryAsync(view.Tip, branch.Head, Newest, cancellationToken);
        var (gone, states) = (new Dictionary<string, bool>(StringComparer.Ordinal), new HashSet<(string Path, string Blob)>());
        foreach (var commit in lost.Reverse())
        {
            var isOurs = Restored.IsOf(commit, work.Store.Name);
            foreach (var change in commit.Changes)
            {
                if (change.Before is not null) states.Add((change.Path, change.Before));
                if (change.After is not null) gone.Remove(change.Path);
                else gone[change.Path] = isOurs;
            }
        }

        // As it was when it was removed, or before: also what somebody had put in its place.
        var back = gone.Where(path => view.All.TryGetValue(path.Key, out var blob) && states.Contains((path.Key, blob))).ToList();
        if (back.Count == 0) return None;

        var recorded = new RecordedPaths(work, branch, view);
        var (ours, others) = (new List<string>(), new List<string>());
        foreach (var (path, isOurs) in back.Where(path => !recorded.Has(path.Key))) (isOurs ? ours : others).Add(path);

        // We could not remove what others had removed before us. It was ours if it is as we had written it, where a cluster still has its files, or had them until
        // we removed them; where it has left them behind they are nobody's.
        var left = gone.Where(path => path.Value).Select(path => ClusterFiles.DirectoryOfReadme(path.Key)).OfType<string>().ToList();
        others.RemoveAll(path => branch.HolderOf(path) is null && !left.Exists(directory => path.StartsWith(directory + "/", StringComparison.Ordinal)));
        if (others.Count > 0)
        {
            var written = Written(lost, work).Concat(Written(await store.HistoryAsync(null, view.Tip, Newest, cancellationToken), work)).ToHashSet();
            ours.AddRange(others.Where(path => written.Contains((path, view.All[path]))));
        }

        return ours.ToDictionary(path => path, path => view.All[path], StringComparer.Ordinal);
    }

    private static IEnumerable<(string Path, string Blob)> Written(IEnumerable<CommitEntry> commits, StoreWork work) =>
        from commit in commits
        where Restored.IsOf(commit, work.Store.Name)
        from change in commit.Changes
        where change.After is not null
        select (change.Path, change.After);
}
