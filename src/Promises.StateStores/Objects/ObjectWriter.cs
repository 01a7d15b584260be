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

    private readonly LooseObjects _loose = new(repository.Directory);

    public async Task WriteAsync(IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return;
        if (objects.Count >= PackFrom) await SendAsync(["index-pack", "--stdin"], objects, cancellationToken);
        // Git syncs many files at once; we could only do one after the other.
        else if (sync != "none") await SendAsync(["unpack-objects", "-q"], objects, cancellationToken);
        else
        {
            foreach (var one in objects) _loose.Write(one);
        }
    }

    private async Task SendAsync(IReadOnlyList<string> arguments, IReadOnlyCollection<GitObject> objects, CancellationToken cancellationToken)
    {
        var command = new GitCommand("Cannot store the commit", arguments)
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
