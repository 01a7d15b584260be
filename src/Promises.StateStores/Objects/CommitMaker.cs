using Promises.Model;

namespace Promises.StateStores;

/// <summary>Makes the commits of one repository as its store wants them made: by git's import, or by ourselves and by git where that fails.</summary>
/// <param name="acknowledge">Whether to note each base as what the remote is known to have.</param>
/// <param name="sync">Which files are to survive a power cut: the values of git's <c>core.fsync</c>.</param>
internal sealed class CommitMaker(Repository repository, GitProcess git, ObjectCache cache, GitWriter writer, bool acknowledge, string sync)
{
    private const string Intention = "Cannot build the commit";

    /// <summary>Builds commits under <see cref="RefNames.Pending"/>. Null where one would have the files of its base.</summary>
    public async Task<IReadOnlyList<BuiltCommit?>> MakeAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken)
    {
        foreach (var spec in specs) spec.Require();
        Leftovers.Remove(repository.Directory);
        if (writer == GitWriter.Direct)
        {
            try
            {
                return await BuildAsync(specs, cancellationToken);
            }
            catch (IOException full) when (DiskSpace.IsFull(full))
            {
                throw new StateStoreException(StoreFault.DiskFull, $"{Intention}: {full.Message}", full);
            }
            catch (Exception unexpected) when (!WouldStopGitToo(unexpected))
            {
                GitFallbacks.Count("build", $"{unexpected.GetType().Name}: {unexpected.Message}");
            }
        }

        return [.. (await repository.ImportAsync(specs, acknowledge, sync, cancellationToken)).Select(id => id is null ? null : new BuiltCommit(id, null))];
    }

    /// <summary>A commit that came by another way, on which the next may be built.</summary>
    public void Know(GitObject commit) => cache.Add(commit);

    private async Task<IReadOnlyList<BuiltCommit?>> BuildAsync(IReadOnlyList<CommitSpec> specs, CancellationToken cancellationToken)
    {
        IReadOnlyList<BuiltCommit?> commits;
        await using (var reader = new ObjectReader(repository, git, cache)) commits = await new CommitBuilder(reader).BuildAsync(specs, cancellationToken);
        var objects = commits.OfType<BuiltCommit>().SelectMany(commit => commit.Objects!).DistinctBy(one => one.Id).ToList();
        var stored = await new ObjectWriter(repository, sync).WriteAsync(objects, cancellationToken);
        await new RefWriter(repository, git, sync).WriteAsync(Refs(specs, commits), cancellationToken);
        foreach (var one in stored.Where(one => one.Type != GitObjectType.Blob)) cache.Add(one);
        return commits;
    }

    /// <summary>Objects that no ref leads to could be pruned.</summary>
    private Dictionary<string, string> Refs(IReadOnlyList<CommitSpec> specs, IReadOnlyList<BuiltCommit?> commits)
    {
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (spec, commit) in specs.Zip(commits))
        {
            if (acknowledge && spec.Base is not null) refs[RefNames.Acknowledged(spec.Branch)] = spec.Base;
            if (commit is not null) refs[RefNames.Pending(spec.Branch)] = commit.Id;
        }

        return refs;
    }

    private static bool WouldStopGitToo(Exception failure) =>
        failure is OperationCanceledException or StateStoreException { Fault: StoreFault.DiskFull or StoreFault.MirrorDamaged };
}
