namespace Promises.StateStores;

/// <summary>A repository in the data directory, with one branch. There is nothing to push: moving the ref, if it is where it should be, publishes.</summary>
internal sealed class EmbeddedStore(Repository repository, CommitMaker commits, TreeLister trees, RefMover refs, StoreLocks locks) : IStateStore
{
    public const string Branch = "main";

    public Task<IReadOnlyDictionary<string, string>> TipsAsync(IReadOnlyCollection<string> branches, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.ResolveAsync(RefNames.Branch, branches, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        HeldAsync(() => trees.ListAsync(commit, paths, cancellationToken), cancellationToken);

    public Task<IReadOnlyDictionary<string, IReadOnlyList<TreeEntry>>> ListAsync(IReadOnlyCollection<string> commits, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.ListAsync(commits, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.DiffAsync(from, to, cancellationToken), cancellationToken);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.IsAncestorAsync(commit, of, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken) =>
        HeldAsync(async () => await repository.HistoryAsync(from, to, atMost, cancellationToken) ?? [], cancellationToken);

    public Task<IReadOnlyList<string?>> CommitAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken) => HeldAsync<IReadOnlyList<string?>>(
        async () => [.. (await commits.MakeAsync(specs, cancellationToken)).Select(commit => commit?.Id)], cancellationToken);

    public async Task<IReadOnlyList<PushResult>> PublishAsync(IReadOnlyList<BranchMove> moves, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        Leftovers.Remove(repository.Directory);
        var results = new List<PushResult>();
        foreach (var move in moves) results.Add(await refs.MoveAsync(move, cancellationToken));
        return results;
    }

    /// <summary>
    /// Runs in a repository that is there and whole. A damaged one is put aside, not deleted, as it is the only copy of its history;
    /// its files come again from the database.
    /// </summary>
    private async Task<T> HeldAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        if (!repository.Exists) await repository.InitAsync(Branch, cancellationToken);
        try
        {
            return await work();
        }
        catch (StateStoreException damaged) when (damaged.Fault == StoreFault.MirrorDamaged)
        {
            var aside = repository.Directory + ".damaged";
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
            Directory.Move(repository.Directory, aside);
            await repository.InitAsync(Branch, cancellationToken);
            throw;
        }
    }
}
