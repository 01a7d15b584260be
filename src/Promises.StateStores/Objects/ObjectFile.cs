namespace Promises.StateStores;

/// <summary>Files of a repository that nobody changes once they are there.</summary>
internal static class ObjectFile
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="kind">What its name begins with until it is whole: of git's own kinds, so that what a crash leaves of it is known for that and removed.</param>
    /// <param name="name">The path that it gets then, by what was written.</param>
    /// <param name="flush">It is on the disk by then, and not only on its way there.</param>
    public static T Write<T>(string directory, string kind, Func<Stream, T> write, Func<T, string> name, bool flush)
    {
        var temporary = Path.Combine(directory, $"{kind}_{Guid.NewGuid():N}");
        try
        {
            T written;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Readable };
            using (var file = new FileStream(temporary, options))
            {
                written = write(file);
                file.Flush(flush);
            }

            File.Move(temporary, name(written), overwrite: true);
            return written;
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
