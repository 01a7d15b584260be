using Polly;

namespace Promises.StateStores;

/// <summary>A branch of a repository elsewhere, worked on through a mirror here. The mirror is a cache: anything in it may be lost.</summary>
internal sealed class RemoteStore(
    string url, string branch, Func<CancellationToken, Task<GitCredential?>> credential,
    Repository mirror, GitProcess git, AddressGuard guard, StoreLocks locks, ResiliencePipeline retries) : IStateStore
{
    private string Where => $"{Scrubber.Clean(url, [])} ({branch})";

    public Task<string?> TipAsync(CancellationToken cancellationToken) => InMirrorAsync(async () =>
    {
        var tip = await LookUpAsync(cancellationToken);
        if (tip is null || tip == await mirror.ResolveAsync(RefNames.Acknowledged(branch), cancellationToken)) return tip;
        await FetchAsync(cancellationToken);
        // It may have moved on between the two; what was fetched is what can be worked on.
        return await mirror.ResolveAsync(RefNames.Acknowledged(branch), cancellationToken);
    }, cancellationToken);

    public Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.ListAsync(commit, paths, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.DiffAsync(from, to, cancellationToken), cancellationToken);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.IsAncestorAsync(commit, of, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.HistoryAsync(from, to, atMost, cancellationToken), cancellationToken);

    // A mirror can be fetched again, so it need not survive a power cut.
    public Task<string?> CommitAsync(CommitSpec spec, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.CommitAsync(spec, RefNames.Acknowledged(branch), "none", cancellationToken), cancellationToken);

    public async Task<PushResult> PublishAsync(string commit, string? from, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(mirror.Directory, cancellationToken);
        var access = await AdmitAsync(cancellationToken);
        Leftovers.Remove(mirror.Directory);
        var name = RefNames.Branch(branch);
        var lease = from is null ? "" : RefNames.RequireCommit(from);
        var result = await git.RunAsync(new GitCommand($"Cannot push to {Where}",
            [
                "push", "--porcelain", "--no-verify", $"--force-with-lease={name}:{lease}", "--end-of-options", access.Url,
                $"{RefNames.RequireCommit(commit)}:{name}",
            ])
        { Repository = mirror.Directory, Remote = access, Limit = git.Options.TransferLimit, Settings = [("pack.window", "0"), ("pack.compression", "1")] }, cancellationToken);

        var report = PushReport.Read(result, branch);
        if (report.Outcome == PushOutcome.MirrorDamaged) mirror.Delete();
        return report;
    }

    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(mirror.Directory, cancellationToken);
        if (mirror.Exists) await mirror.MaintainAsync(cancellationToken);
    }

    /// <summary>Runs in a mirror that is there and whole; a damaged one is removed, fetched anew, and the work tried once more.</summary>
    private async Task<T> InMirrorAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(mirror.Directory, cancellationToken);
        try
        {
            await OpenAsync(cancellationToken);
            return await work();
        }
        catch (StateStoreException damaged) when (damaged.Fault == StoreFault.MirrorDamaged)
        {
            mirror.Delete();
            await OpenAsync(cancellationToken);
            return await work();
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        RefNames.RequireBranch(branch);
        if (mirror.Exists)
        {
            Leftovers.Remove(mirror.Directory);
            return;
        }

        mirror.Delete();
        await mirror.InitAsync("main", cancellationToken);
        if (await LookUpAsync(cancellationToken) is not null) await FetchAsync(cancellationToken);
    }

    private async Task<string?> LookUpAsync(CancellationToken cancellationToken)
    {
        var name = RefNames.Branch(branch);
        var result = await OverNetworkAsync(access => new GitCommand($"Cannot read {Where}", ["ls-remote", "--end-of-options", access.Url, name])
        {
            Repository = mirror.Directory,
            Limit = git.Options.LookupLimit,
        }, cancellationToken);

        // The pattern also matches refs that end in it, such as refs/x/refs/heads/main.
        return result.Text.Split('\n').Select(line => line.Split('\t')).Where(parts => parts.Length == 2 && parts[1] == name)
            .Select(parts => RefNames.IsCommit(parts[0])
                ? parts[0]
                : throw new StateStoreException(StoreFault.Failed, $"Cannot read {Where}: only repositories with SHA-1 object ids are supported."))
            .FirstOrDefault();
    }

    private async Task FetchAsync(CancellationToken cancellationToken) => await OverNetworkAsync(access => new GitCommand($"Cannot fetch {Where}",
        [
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--end-of-options", access.Url,
            $"+{RefNames.Branch(branch)}:{RefNames.Acknowledged(branch)}",
        ])
    { Repository = mirror.Directory, Limit = git.Options.TransferLimit }, cancellationToken);

    private async Task<GitResult> OverNetworkAsync(Func<RemoteAccess, GitCommand> command, CancellationToken cancellationToken) =>
        await retries.ExecuteAsync(async token =>
        {
            var access = await AdmitAsync(token);
            return (await git.RunAsync(command(access) with { Remote = access }, token)).OrThrow();
        }, cancellationToken);

    private async Task<RemoteAccess> AdmitAsync(CancellationToken cancellationToken) =>
        await guard.AdmitAsync(url, await credential(cancellationToken), cancellationToken);
}
