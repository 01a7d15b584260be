namespace Promises.Data;

/// <summary>What PostgreSQL prints. The file is ours, so that the user it runs as needs no way to write here.</summary>
internal sealed class PostgresLog(string path, long maxBytes)
{
    public string Path => path;

    public void Prepare()
    {
        Bound();
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Moves a log that has grown too big aside. It is emptied in place, because PostgreSQL holds it open, for appending.</summary>
    public void Bound()
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length <= maxBytes) return;
        try
        {
            File.Copy(path, path + ".1", overwrite: true);
        }
        catch (IOException)
        {
            // The disk is full, most likely: then emptying the log matters more than keeping it.
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
    }

    /// <summary>The last lines, for an error message.</summary>
    public string Tail()
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(4096, stream.Length), SeekOrigin.End);
            using var reader = new StreamReader(stream);
            return string.Join(' ', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5));
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
