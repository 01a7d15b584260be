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

    /// <returns>The objects, with the pack that they are in.</returns>
    public async Task<IReadOnlyCollection<GitObject>> WriteAsync(IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return objects;
        var isKept = sync != "none";
        if (objects.Count < PackFrom)
        {
            await WriteAsync(objects, isKept, cancellationToken);
            return objects;
        }

        // Where a branch is moved by us, a look tells whether a commit in a file of its own is there.
        List<GitObject> alone = isKept ? [.. objects.Where(one => one.Type == GitObjectType.Commit)] : [];
        if (alone.Count >= PackFrom) alone = [];
        List<GitObject> packed = [.. objects.Except(alone)];
        var pack = await PackAsync(packed, cancellationToken);
        await WriteAsync(alone, isKept, cancellationToken);
        return [.. packed.Select(one => one with { Pack = pack }), .. alone];
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

    /// <returns>Its file.</returns>
    private async Task<string> PackAsync(IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        var command = new GitCommand("Cannot store the commit", ["index-pack", "--stdin"])
        {
            Repository = repository.Directory,
            Settings = GitSync.Settings(sync),
            Input = (stream, token) => Task.Run(() => Write(objects, stream), token),
        };
        // "pack" and its name, which is that of the file.
        var name = (await git.RunAsync(command, cancellationToken)).OrThrow().Text.Trim().Split('\t')[^1];
        return Path.Combine(repository.Directory, "objects", "pack", $"pack-{name}.pack");
    }

    private static void Write(IReadOnlyCollection<GitObject> objects, Stream to)
    {
        using var buffered = new BufferedStream(to, 64 * 1024);
        PackWriter.Write(objects, buffered);
    }
}
