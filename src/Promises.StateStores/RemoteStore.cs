using System.Text;
using Polly;

namespace Promises.StateStores;

/// <summary>A repository elsewhere, of which some branches are ours, worked on through a mirror here. The mirror is a cache: anything in it may be lost.</summary>
/// <param name="branches">The branch, or the pattern of the branches, with <c>*</c> for what differs.</param>
internal sealed class RemoteStore(
    string url, string branches, Func<CancellationToken, Task<GitCredential?>> credential, Func<CancellationToken, Task<GitKey?>> signingKey,
    Repository mirror, CommitMaker commits, TreeLister trees, GitProcess git, AddressGuard guard, StoreLocks locks, ResiliencePipeline retries) : IStateStore
{
    /// <summary>Branches in one push. Each takes half a kilobyte of arguments, and a server that refuses the pack refuses all of them.</summary>
    internal const int MostMoves = 500;

    /// <summary>Asked for by name; of more, all that fit the pattern are looked at.</summary>
    private const int MostNames = 50;

    /// <summary>Pushes without git; null for a store that git alone writes.</summary>
    public DirectPushes? Direct { get; init; }

    /// <summary>Of the commits that were built without git since the store was opened.</summary>
    internal BuiltObjects Built { get; } = new();

    private string Where => $"{Scrubber.Clean(url, [])} ({branches})";

    public Task<IReadOnlyDictionary<string, string>> TipsAsync(IReadOnlyCollection<string> of, CancellationToken cancellationToken) => InMirrorAsync(async () =>
    {
        var tips = await LookUpAsync(of, cancellationToken);
        if (tips.Count == 0) return tips;
        var known = await mirror.ResolveAsync(RefNames.Acknowledged, [.. tips.Keys], cancellationToken);
        var news = tips.Where(tip => known.GetValueOrDefault(tip.Key) != tip.Value).Select(tip => tip.Key).ToList();
        if (news.Count == 0) return tips;

        await FetchAsync(news, cancellationToken);
        // They may have moved on between the two; what was fetched is what can be worked on.
        return await mirror.ResolveAsync(RefNames.Acknowledged, [.. tips.Keys], cancellationToken);
    }, cancellationToken);

    public Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        InMirrorAsync(() => trees.ListAsync(commit, paths, cancellationToken), cancellationToken);

    public Task<IReadOnlyDictionary<string, IReadOnlyList<TreeEntry>>> ListAsync(IReadOnlyCollection<string> commits, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.ListAsync(commits, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.DiffAsync(from, to, cancellationToken), cancellationToken);

    public Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken) =>
        InMirrorAsync(() => mirror.IsAncestorAsync(commit, of, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken) =>
        InMirrorAsync(async () =>
        {
            if (await mirror.HistoryAsync(from, to, atMost, cancellationToken) is { } known) return known;
            // Another replica made it, or it went with an older copy of ours, and no branch leads to it any more.
            return await FetchLostAsync(to, cancellationToken) ? await mirror.HistoryAsync(from, to, atMost, cancellationToken) ?? [] : [];
        }, cancellationToken);

    public Task<IReadOnlyList<string?>> CommitAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken) => InMirrorAsync(async () =>
    {
        var made = await SignAsync(specs, await commits.MakeAsync(specs, cancellationToken), cancellationToken);
        foreach (var commit in made)
        {
            if (commit?.Objects is { } objects) Built.Add(commit.Id, objects);
        }

        return (IReadOnlyList<string?>)[.. made.Select(commit => commit?.Id)];
    }, cancellationToken);

    public async Task<IReadOnlyList<PushResult>> PublishAsync(IReadOnlyList<BranchMove> moves, CancellationToken cancellationToken)
    {
        using var held = await locks.EnterAsync(mirror.Directory, cancellationToken);
        var results = new List<PushResult>();
        foreach (var some in moves.Chunk(MostMoves))
        {
            var report = await PushAsync(some, cancellationToken);
            results.AddRange(report);
            if (report.Any(result => result.Outcome == PushOutcome.MirrorDamaged)) mirror.Delete();
            // What stopped one push would stop the next, after the same wait.
            if (report.All(result => !result.IsAboutBranch)) break;
        }

        while (results.Count < moves.Count) results.Add(Unsent(results[^1]));
        return results;
    }

    private static PushResult Unsent(PushResult last) =>
        last with { Outcome = last.Outcome == PushOutcome.Unknown ? PushOutcome.Unreachable : last.Outcome, IsInDoubt = false };

    private async Task<IReadOnlyList<PushResult>> PushAsync(IReadOnlyList<BranchMove> moves, CancellationToken cancellationToken)
    {
        var access = await AdmitAsync(cancellationToken);
        foreach (var move in moves) RefNames.RequireBranch(move.Branch);
        var intention = $"Cannot push to {Where}";
        if (Direct is not null && Built.Of([.. moves.Select(move => move.Commit)]) is { } objects
            && await Direct.TryAsync(intention, access, moves, objects, cancellationToken) is { } results)
            return results;

        Leftovers.Remove(mirror.Directory);
        var result = await git.RunAsync(new GitCommand(intention,
            [
                "push", "--porcelain", "--no-verify",
                .. moves.Select(move => $"--force-with-lease={RefNames.Branch(move.Branch)}:{(move.Expected is null ? "" : RefNames.RequireCommit(move.Expected))}"),
                "--end-of-options", access.Url,
                .. moves.Select(move => $"{RefNames.RequireCommit(move.Commit)}:{RefNames.Branch(move.Branch)}"),
            ])
        { Repository = mirror.Directory, Remote = access, Limit = git.Options.TransferLimit, Settings = [("pack.window", "0"), ("pack.compression", "1")] }, cancellationToken);
        return PushReport.Read(result, [.. moves.Select(move => move.Branch)], moves.Where(move => move.Replaces).Select(move => move.Branch).ToHashSet(StringComparer.Ordinal));
    }

    private async Task<IReadOnlyList<BuiltCommit?>> SignAsync(
        IReadOnlyList<CommitSpec> specs, IReadOnlyList<BuiltCommit?> plain, CancellationToken cancellationToken)
    {
        var made = specs.Zip(plain).Where(one => one.Second is not null)
            .Select(one => (Commit: one.Second!.Id, Reference: RefNames.Pending(one.First.Branch))).ToList();
        if (made.Count == 0 || await signingKey(cancellationToken) is not { } key) return plain;
        var signed = new Queue<GitObject>(await new CommitSigner(git).SignAsync(mirror, made, key, cancellationToken));
        foreach (var commit in signed) commits.Know(commit);
        return [.. plain.Select(commit => commit?.Signed(signed.Dequeue()))];
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
        if (mirror.Exists)
        {
            Leftovers.Remove(mirror.Directory);
            return;
        }

        mirror.Delete();
        await mirror.InitAsync("main", cancellationToken);
        if ((await LookUpAsync(null, cancellationToken)).Count > 0) await FetchAsync([branches], cancellationToken);
    }

    /// <param name="of">All that fit the pattern where null.</param>
    private async Task<IReadOnlyDictionary<string, string>> LookUpAsync(IReadOnlyCollection<string>? of, CancellationToken cancellationToken)
    {
        foreach (var branch in of ?? []) RefNames.RequireBranch(branch);
        var patterns = of is { Count: > 0 and <= MostNames } ? of : [RefNames.RequirePattern(branches)];
        var wanted = of?.ToHashSet(StringComparer.Ordinal);
        var result = await OverNetworkAsync(access => new GitCommand($"Cannot read {Where}", ["ls-remote", "--end-of-options", access.Url, .. patterns.Select(RefNames.Branch)])
        {
            Repository = mirror.Directory,
            Limit = git.Options.LookupLimit,
            OutputLimit = 64 * 1024 * 1024,
        }, cancellationToken);

        // The patterns also match refs that end in them, such as refs/x/refs/heads/main.
        return result.Text.Split('\n').Select(line => line.Split('\t'))
            .Where(parts => parts.Length == 2 && RefNames.BranchOf(parts[1]) is { } branch && (wanted?.Contains(branch) ?? RefNames.Fits(branches, branch)))
            .ToDictionary(parts => RefNames.BranchOf(parts[1])!, parts => RefNames.IsCommit(parts[0])
                ? parts[0]
                : throw new StateStoreException(StoreFault.Failed, $"Cannot read {Where}: only repositories with SHA-1 object ids are supported."), StringComparer.Ordinal);
    }

    private async Task FetchAsync(IReadOnlyCollection<string> of, CancellationToken cancellationToken) =>
        await FetchAsync(of.Select(branch => $"+{RefNames.Branch(branch)}:{RefNames.Acknowledged(branch)}"), null, cancellationToken);

    /// <summary>
    /// Asks for a commit by its id. With version 2 of its protocol git gives whatever it still has; by the first, and where it has collected its garbage, only what
    /// a branch leads to.
    /// </summary>
    private async Task<bool> FetchLostAsync(string commit, CancellationToken cancellationToken) =>
        (await FetchAsync([RefNames.RequireCommit(commit)], RemoteFaults.IsNotGiven, cancellationToken)).Succeeded;

    private async Task<GitResult> FetchAsync(IEnumerable<string> refs, Func<GitResult, bool>? mayBe, CancellationToken cancellationToken)
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(refs.Select(line => line + "\n")));
        return await OverNetworkAsync(access => new GitCommand($"Cannot fetch {Where}",
            [
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--stdin", "--end-of-options", access.Url,
            ])
        { Repository = mirror.Directory, Limit = git.Options.TransferLimit, Input = (stream, token) => stream.WriteAsync(lines, token).AsTask() }, cancellationToken, mayBe);
    }

    /// <param name="mayBe">Failures that are answers.</param>
    private async Task<GitResult> OverNetworkAsync(Func<RemoteAccess, GitCommand> command, CancellationToken cancellationToken, Func<GitResult, bool>? mayBe = null) =>
        await retries.ExecuteAsync(async token =>
        {
            var access = await AdmitAsync(token);
            var result = await git.RunAsync(command(access) with { Remote = access }, token);
            return mayBe?.Invoke(result) == true ? result : result.OrThrow();
        }, cancellationToken);

    private async Task<RemoteAccess> AdmitAsync(CancellationToken cancellationToken) =>
        await guard.AdmitAsync(url, await credential(cancellationToken), git.Connections, cancellationToken);
}
