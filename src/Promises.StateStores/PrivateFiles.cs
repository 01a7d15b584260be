namespace Promises.StateStores;

/// <summary>Files that are for one run of a program and for our user alone: keys, and what else ssh and git take from files only. They go with the run.</summary>
internal sealed class PrivateFiles(string parent) : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Path.Combine(parent, Guid.NewGuid().ToString("n"));

    /// <summary>Removes what a process that was killed could not.</summary>
    public static void Sweep(string parent)
    {
        if (Directory.Exists(parent)) Directory.Delete(parent, recursive: true);
    }

    /// <returns>The path of the file.</returns>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            Directory.CreateDirectory(parent, Owner | UnixFileMode.UserExecute);
            Directory.CreateDirectory(_directory, Owner | UnixFileMode.UserExecute);
            var path = PathOf(name);
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner });
            file.Write(content);
            return path;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StateStoreException(StoreFault.Failed, $"Cannot write a private file for git: {failed.Message}", failed);
        }
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public string PathOf(string name) => Path.Combine(_directory, name);

    public void Dispose()
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }
}
