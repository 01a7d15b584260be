namespace Promises.StateStores;

/// <summary>Stores objects in a repository.</summary>
/// <param name="sync">Which files are to survive a power cut: the values of git's <c>core.fsync</c>.</param>
internal sealed class ObjectWriter(Repository repository, GitProcess git, string sync)
{
    /// <summary>
    /// So many and more become a pack. Making a file for each of half as many takes as long as starting git; but every pack slows down whoever looks
    /// for an object, so they should not come sooner than loose objects would have to be packed.
    /// </summary>
    internal const int PackFrom = 50;

    private const int FlushedAtOnce = 8;

    private readonly LooseObjects _loose = new(repository.Directory);

    public async Task WriteAsync(IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return;
        var isKept = sync != "none";
        if (objects.Count < PackFrom)
        {
            await WriteAsync(objects, isKept, cancellationToken);
            return;
        }

        // Where a branch is moved by us, a look tells whether a commit in a file of its own is there.
        List<GitObject> alone = isKept ? [.. objects.Where(one => one.Type == GitObjectType.Commit)] : [];
        if (alone.Count >= PackFrom) alone = [];
        await PackAsync(alone.Count == 0 ? objects : [.. objects.Except(alone)], cancellationToken);
        await WriteAsync(alone, isKept, cancellationToken);
    }

    private async Task WriteAsync(IReadOnlyCollection<GitObject> objects, bool flush, CancellationToken cancellationToken)
    {
        if (flush)
        {
            // A disk brings some files to rest in the time of one, if it is asked for them at once.
            await Parallel.ForEachAsync(objects, new ParallelOptions { MaxDegreeOfParallelism = FlushedAtOnce, CancellationToken = cancellationToken }, (one, _) =>
            {
                _loose.Write(one, flush);
                return ValueTask.CompletedTask;
            });
            return;
        }

        foreach (var one in objects) _loose.Write(one, flush);
    }

    private async Task PackAsync(IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        var command = new GitCommand("Cannot store the commit", ["index-pack", "--stdin"])
        {
            Repository = repository.Directory,
            Settings = GitSync.Settings(sync),
            Input = (stream, token) => Task.Run(() => Write(objects, stream), token),
        };
        (await git.RunAsync(command, cancellationToken)).OrThrow();
    }

    private static void Write(IReadOnlyCollection<GitObject> objects, Stream to)
    {
        using var buffered = new BufferedStream(to, 64 * 1024);
        PackWriter.Write(objects, buffered);
    }
}
