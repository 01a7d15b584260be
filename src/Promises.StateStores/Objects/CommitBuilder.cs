namespace Promises.StateStores;

/// <summary>Makes the objects of commits, the same as git's import would. Of the base only the directories are read that lead to a change.</summary>
internal sealed class CommitBuilder(ObjectReader reader)
{
    private readonly Dictionary<byte[], GitObject> _blobs = new(ReferenceEqualityComparer.Instance);

    /// <returns>In the order of the specs; null where one would have the files of its base.</returns>
    public async Task<IReadOnlyList<BuiltCommit?>> BuildAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken)
    {
        var bases = await reader.ReadAsync(GitObjectType.Commit, specs.Select(spec => spec.Base).OfType<string>(), cancellationToken);
        var drafts = specs.Select(spec => new CommitDraft(spec, spec.Base is null ? null : CommitText.TreeOf(bases[spec.Base]))).ToList();
        await ReadAsync([.. drafts.Select(draft => new Reading(draft.Root, draft.Paths))], cancellationToken);
        return [.. drafts.Select(draft => draft.Build(Blob))];
    }

    /// <summary>Level by level, so that there are few questions however many directories there are.</summary>
    private async Task ReadAsync(List<Reading> level, CancellationToken cancellationToken)
    {
        for (var depth = 0; level.Count > 0; depth++)
        {
            var stored = level.Where(one => one.Tree.Id is not null).ToList();
            var trees = await reader.ReadAsync(GitObjectType.Tree, stored.Select(one => one.Tree.Id!), cancellationToken);
            foreach (var one in stored) one.Tree.Load(trees[one.Tree.Id!].Content);
            level =
            [
                .. from one in stored
                   from below in one.Paths.Where(path => path.Length > depth + 1).GroupBy(path => path[depth], StringComparer.Ordinal)
                   let tree = one.Tree.Below(below.Key)
                   where tree is not null
                   select new Reading(tree, [.. below]),
            ];
        }
    }

    /// <summary>What one revision brings to many clusters is the same bytes in the same array: hashed once.</summary>
    private GitObject Blob(byte[] content)
    {
        if (!_blobs.TryGetValue(content, out var blob)) _blobs.Add(content, blob = GitObject.Of(GitObjectType.Blob, content));
        return blob;
    }

    private sealed record Reading(TreeDraft Tree, IReadOnlyList<string[]> Paths);
}
