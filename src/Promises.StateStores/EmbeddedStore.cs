namespace Promises.StateStores;

/// <summary>The branch of a repository in the data directory. There is nothing to push: moving the ref, if it is where it should be, publishes.</summary>
internal sealed class EmbeddedStore(Repository repository, StoreLocks locks) : IStateStore
{
    public const string Branch = "main";

    private const string Zero = "0000000000000000000000000000000000000000";

    public Task<string?> TipAsync(CancellationToken cancellationToken) =>
        HeldAsync(() => repository.ResolveAsync(RefNames.Branch(Branch), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.ListAsync(commit, paths, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.DiffAsync(from, to, cancellationToken), cancellationToken);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.IsAncestorAsync(commit, of, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.HistoryAsync(from, to, atMost, cancellationToken), cancellationToken);

    // Not a cache: agents pull from it, so what was acknowledged should survive a power cut.
    public Task<string?> CommitAsync(CommitSpec spec, CancellationToken cancellationToken) =>
        HeldAsync(() => repository.CommitAsync(spec, null, "committed", cancellationToken), cancellationToken);

    public async Task<PushResult> PublishAsync(string commit, string? from, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        Leftovers.Remove(repository.Directory);
        var result = await repository.RunAsync("Cannot move the branch",
            ["update-ref", RefNames.Branch(Branch), RefNames.RequireCommit(commit), from is null ? Zero : RefNames.RequireCommit(from)], cancellationToken);
        if (result.Succeeded) return new PushResult(PushOutcome.Acknowledged, "");
        if (result.TimedOut) return new PushResult(PushOutcome.Unknown, result.Message);

        var tip = await repository.ResolveAsync(RefNames.Branch(Branch), cancellationToken);
        return tip == commit ? new PushResult(PushOutcome.AlreadyThere, "")
            : tip != from ? new PushResult(PushOutcome.Stale, result.Message)
            : new PushResult(RemoteFaults.Of(result) == StoreFault.DiskFull ? PushOutcome.DiskFull : PushOutcome.Failed, result.Message);
    }

    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(repository.Directory, cancellationToken);
        await repository.MaintainAsync(cancellationToken);
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
