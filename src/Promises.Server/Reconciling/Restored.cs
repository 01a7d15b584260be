using System.Globalization;
using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>The branch has commits of this store that the database does not know of: it was restored from a copy that is older than they are.</summary>
/// <param name="Version">The highest fleet version that one of them names.</param>
/// <param name="Known">The fleet version of the database when that was found.</param>
/// <param name="Leftovers">Files that they left and the database knows nothing of: full path to blob id.</param>
internal sealed record Restored(long Version, long Known, IReadOnlyDictionary<string, string> Leftovers)
{
    /// <summary>Of a branch that nothing is recorded of, or whose history was rewritten, so many commits are read.</summary>
    private const int Newest = 100;

    private const string VersionTrailer = "Promises-Version: ";
    private const string StoreTrailer = "Promises-Store: ";

    /// <returns>Null if the database knows of everything.</returns>
    public static async Task<Restored?> FindAsync(IStateStore store, StoreWork work, BranchWork branch, BranchView view, CancellationToken cancellationToken)
    {
        if (view.Tip is null || view.Tip == branch.Head) return null;
        // A proposal is built from all files, though nothing of the history needs be lost.
        var continues = branch.Head is not null && (view.Moved is not null || (branch.Environment is not null && await store.IsAncestorAsync(branch.Head, view.Tip, cancellationToken)));
        var commits = await store.HistoryAsync(continues ? branch.Head : null, view.Tip, continues ? int.MaxValue : Newest, cancellationToken);
        var unknown = commits.Select(commit => (Commit: commit, Version: UnknownVersion(commit, work, branch))).Where(pair => pair.Version is not null)
            .ToDictionary(pair => pair.Commit.Id, pair => pair.Version!.Value, StringComparer.Ordinal);
        if (unknown.Count == 0) return null;

        // Without the last commit that we know of, ours cannot be told from what was there before: then all of it stays.
        return new Restored(unknown.Values.Max(), Began(work), continues ? Left(commits, unknown.Keys.ToHashSet(StringComparer.Ordinal), work, branch) : new Dictionary<string, string>());
    }

    /// <summary>
    /// The fleet version that a commit says it reflects, if it is one the database knows nothing of. Others may rebase, amend or copy our commits, but only
    /// those that we made: no version in them is above what was recorded.
    /// </summary>
    private static long? UnknownVersion(CommitEntry commit, StoreWork work, BranchWork branch)
    {
        var lines = commit.Message.Split('\n', StringSplitOptions.TrimEntries);
        // Messages that were put together hold several.
        var version = lines.Where(line => line.StartsWith(VersionTrailer, StringComparison.Ordinal))
            .Select(line => long.TryParse(line.AsSpan(VersionTrailer.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max();
        var stores = StoresOf(lines);
        if (stores.Count > 0 && !stores.Contains(work.Store.Name, StringComparer.Ordinal)) return null;

        // Whose commits do not say which store they are of, may be of another one on the same branch.
        var known = branch.Head is null || stores.Count == 0 ? Began(work) : Recorded(work, branch);
        return version > known ? version : null;
    }

    /// <summary>Whether a commit says that it is one of ours, and of this store.</summary>
    public static bool IsOf(CommitEntry commit, string store) => StoresOf(commit.Message.Split('\n', StringSplitOptions.TrimEntries)).Contains(store, StringComparer.Ordinal);

    private static List<string> StoresOf(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.StartsWith(StoreTrailer, StringComparison.Ordinal)).Select(line => line[StoreTrailer.Length..])];

    /// <summary>
    /// The highest version of a commit that was recorded for a branch. Of a branch per cluster the store speaks only when all of them are written. A proposal is
    /// noted before anybody can merge it.
    /// </summary>
    private static long Recorded(StoreWork work, BranchWork branch) => branch.Clusters.Select(cluster => cluster.Delivery.WrittenVersion)
        .Concat(work.Proposals.Select(proposal => proposal.Version)).Append(work.Delivery?.ReflectedVersion ?? 0).Max();

    /// <summary>The fleet goes on while a store is on hold. What was news when it began stays news until it is over.</summary>
    private static long Began(StoreWork work) =>
        work.Holds.Where(hold => hold.Reason == HoldReason.RestoredDatabase).Select(hold => hold.Version).Append(work.Version).Min();

    /// <summary>What commits of ours, and nobody after them, have put into the directories of clusters that are known here, and no row knows.</summary>
    private static Dictionary<string, string> Left(IReadOnlyList<CommitEntry> commits, HashSet<string> ours, StoreWork work, BranchWork branch)
    {
        var left = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var commit in commits.Reverse())
        {
            foreach (var change in commit.Changes)
            {
                if (ours.Contains(commit.Id) && change.After is not null) left[change.Path] = change.After;
                // A merge of ours changes nothing in it.
                else if (left.GetValueOrDefault(change.Path) != change.After) left.Remove(change.Path);
            }
        }

        foreach (var cluster in branch.Clusters)
        {
            foreach (var path in cluster.Delivery.Files.Keys) left.Remove(cluster.Below(path));
            foreach (var path in cluster.Placements.SelectMany(placement => OwnedFiles.Written(work, cluster, placement).Keys)) left.Remove(path);
        }

        return left.Where(file => branch.HolderOf(file.Key) is not null).ToDictionary(StringComparer.Ordinal);
    }
}
