using Promises.Model;

namespace Promises.StateStores;

/// <summary>Lists some paths of a commit as its store wants it done: by git, or from the trees that we know anyhow and by git where that fails.</summary>
internal sealed class TreeLister(Repository repository, GitProcess git, ObjectCache cache, GitWriter writer)
{
    /// <summary>As <see cref="Repository.ListAsync(string, IReadOnlyCollection{string}, CancellationToken)"/>.</summary>
    public async Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        // Git reads a whole tree from its packs quicker than we do object by object.
        if (writer == GitWriter.Git || paths.Count == 0 || !paths.All(TreePaths.IsPath)) return await repository.ListAsync(commit, paths, cancellationToken);
        try
        {
            await using var reader = new ObjectReader(repository, git, cache);
            return await ReadAsync(reader, RefNames.RequireCommit(commit), paths, cancellationToken);
        }
        catch (Exception unexpected) when (unexpected is not (OperationCanceledException or StateStoreException { Fault: StoreFault.DiskFull or StoreFault.MirrorDamaged }))
        {
            GitFallbacks.Count("list", $"{unexpected.GetType().Name}: {unexpected.Message}");
            return await repository.ListAsync(commit, paths, cancellationToken);
        }
    }

    /// <summary>Level by level, so that there are few questions however many directories there are.</summary>
    private static async Task<IReadOnlyList<TreeEntry>> ReadAsync(ObjectReader reader, string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        var found = new List<TreeEntry>();
        var root = CommitText.TreeOf((await reader.ReadAsync(GitObjectType.Commit, [commit], cancellationToken))[commit]);
        List<Reading> level = [new(root, "", [.. paths.Select(path => CommitDraft.Bytes(path).Split('/'))])];
        for (var depth = 0; level.Count > 0; depth++)
        {
            var trees = await reader.ReadAsync(GitObjectType.Tree, level.Select(one => one.Tree), cancellationToken);
            level = [.. level.SelectMany(one => Look(one, trees[one.Tree], depth, found))];
        }

        return found;
    }

    /// <returns>The directories to be read next.</returns>
    private static List<Reading> Look(Reading one, GitObject tree, int depth, List<TreeEntry> found)
    {
        var below = new List<Reading>();
        var wanted = one.Wanted?.ToLookup(path => path[depth], StringComparer.Ordinal);
        foreach (var item in TreeFormat.Read(tree.Content))
        {
            if (wanted is not null && !wanted.Contains(item.Name)) continue;
            // What is no directory is shown also where something was looked for below it.
            if (!item.IsDirectory) found.Add(item.Entry(one.Above));
            else below.Add(new Reading(Convert.ToHexStringLower(item.Id.Span), $"{one.Above}{item.Text}/", wanted is null || wanted[item.Name].Any(path => path.Length == depth + 1) ? null : [.. wanted[item.Name]]));
        }

        return below;
    }

    /// <param name="Above">The path, with a slash at its end.</param>
    /// <param name="Wanted">Null for everything.</param>
    private sealed record Reading(string Tree, string Above, IReadOnlyList<string[]>? Wanted);
}
