namespace Promises.StateStores;

/// <summary>Stores objects in a repository.</summary>
/// <param name="sync">Which files are to survive a power cut: the values of git's <c>core.fsync</c>.</param>
internal sealed class ObjectWriter(Repository repository, string sync)
{
    /// <summary>
    /// So many and more become a pack: a file for each of them takes longer. But every pack slows down whoever looks for an object, so they should not come sooner
    /// than loose objects would have to be packed.
    /// </summary>
    internal const int PackFrom = 50;

    private const int FlushedAtOnce = 8;

    /// <summary>Bytes. Past 2 GiB the index of a pack has another table.</summary>
    private const long MostPacked = 1L << 30;

    private readonly LooseObjects _loose = new(repository.Directory);

    /// <returns>The objects, with the pack that they are in.</returns>
    /// <exception cref="NotSupportedException">It is too much for one pack; nothing was written.</exception>
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
        if (packed.Sum(one => (long)one.Content.Length) > MostPacked) throw new NotSupportedException("So much is packed by git.");
        var pack = Pack(packed, isKept);
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
    private string Pack(IReadOnlyCollection<GitObject> objects, bool flush)
    {
        var directory = Directory.CreateDirectory(Path.Combine(repository.Directory, "objects", "pack")).FullName;
        // The index last: without it nobody looks into a pack.
        var pack = ObjectFile.Write(directory, "tmp_pack", file => PackWriter.Write(objects, file), written => PathOf(written, "pack"), flush);
        ObjectFile.Write(directory, "tmp_idx", file =>
        {
            PackIndex.Write(pack, file);
            return pack;
        }, written => PathOf(written, "idx"), flush);
        return PathOf(pack, "pack");

        string PathOf(PackContent content, string extension) => Path.Combine(directory, $"pack-{Convert.ToHexStringLower(content.Hash)}.{extension}");
    }
}
