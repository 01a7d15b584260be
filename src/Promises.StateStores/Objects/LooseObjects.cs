using System.IO.Compression;

namespace Promises.StateStores;

/// <summary>Objects of a repository that lie in files of their own, written as git writes them.</summary>
internal sealed class LooseObjects(string repository)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _directory = Path.Combine(repository, "objects");

    /// <summary>Whether the file is there and holds something: a crash of the machine may have left it empty.</summary>
    public bool Has(string id) => new FileInfo(PathOf(id)) is { Exists: true, Length: > 0 };

    /// <param name="flush">It is on the disk afterwards, and not only on its way there.</param>
    public void Write(GitObject one, bool flush)
    {
        if (Has(one.Id)) return;
        var path = PathOf(one.Id);
        var directory = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
        // Of git's own kind, so that what a crash leaves of it is known for that and removed.
        var temporary = Path.Combine(directory, $"tmp_obj_{Guid.NewGuid():N}");
        try
        {
            var packed = Pack(one);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = Readable };
            using (var file = new FileStream(temporary, options))
            {
                file.Write(packed.GetBuffer(), 0, (int)packed.Length);
                file.Flush(flush);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static MemoryStream Pack(GitObject one)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(one.Header());
            stream.Write(one.Content.Span);
        }

        return packed;
    }

    private string PathOf(string id) => Path.Combine(_directory, id[..2], id[2..]);
}
