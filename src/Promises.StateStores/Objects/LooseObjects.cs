using System.IO.Compression;

namespace Promises.StateStores;

/// <summary>Objects of a repository that lie in files of their own, written as git writes them.</summary>
internal sealed class LooseObjects(string repository)
{
    private readonly string _directory = Path.Combine(repository, "objects");

    /// <summary>Whether the file is there and holds something: a crash of the machine may have left it empty.</summary>
    public bool Has(string id) => new FileInfo(PathOf(id)) is { Exists: true, Length: > 0 };

    /// <param name="flush">It is on the disk afterwards, and not only on its way there.</param>
    public void Write(GitObject one, bool flush)
    {
        if (Has(one.Id)) return;
        var path = PathOf(one.Id);
        var directory = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
        ObjectFile.Write(directory, "tmp_obj", file =>
        {
            using var packed = new ZLibStream(file, CompressionLevel.Fastest, leaveOpen: true);
            packed.Write(one.Header());
            packed.Write(one.Content.Span);
            return path;
        }, name => name, flush);
    }

    private string PathOf(string id) => Path.Combine(_directory, id[..2], id[2..]);
}
