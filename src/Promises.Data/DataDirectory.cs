namespace Promises.Data;

/// <summary>
/// The directory in which one server keeps what is not in the database: the admin token, embedded stores, mirrors, the private PostgreSQL.
/// It belongs to one live server at a time, and nothing in it can be read by other users.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const string LockName = "server.lock";
    private const string IdName = "server.id";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What may lie in a directory that has no lock file yet: ours from a backup, a token laid out for a replica, the root of a volume.
    private static readonly string[] Known = [LockName, IdName, "admin.token", "postgres", "stores", "mirrors", "lost+found"];

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock) => (Path, _lock, ServerId) = (path, @lock, Identify(path));

    /// <summary>Absolute, without a trailing slash.</summary>
    public string Path { get; }

    /// <summary>Made once and kept with the directory: what belongs to this directory belongs to the server with this id.</summary>
    public Guid ServerId { get; }

    /// <summary>Creates the directory if need be, closes it to other users, and takes its lock, which the kernel releases should the process die.</summary>
    /// <exception cref="DataDirectoryException">Another server uses it, it holds other things, or it may not be used.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        try
        {
            Create(full);
            RefuseForeign(full);
            var taken = new DataDirectory(full, TakeLock(full));
            taken.CloseToOthers();
            return taken;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"The data directory {full} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>The path of a directory right below, which is made readable to the owner only if it does not exist.</summary>
    public string Subdirectory(string name)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that only the owner can read. It is there whole or not at all.</summary>
    public async Task WriteFileAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerFile };
        await using (var file = new FileStream(path + ".new", options))
        {
            await file.WriteAsync(content, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>What is made on the way there can be passed by the user PostgreSQL runs as, however strict the file mode mask is.</summary>
    private static void Create(string path)
    {
        var missing = new List<string>();
        for (var step = System.IO.Path.GetDirectoryName(path); step is not null && !Directory.Exists(step); step = System.IO.Path.GetDirectoryName(step)) missing.Add(step);
        Directory.CreateDirectory(path);
        if (!Environment.IsPrivilegedProcess) return;
        foreach (var step in missing) File.SetUnixFileMode(step, File.GetUnixFileMode(step) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    // Its mode is about to be changed, and that of all in it: a mistaken --data must not do that to a home directory.
    private static void RefuseForeign(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, LockName))) return;
        var foreign = Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).FirstOrDefault(name => !Known.Contains(name));
        if (foreign is not null)
        {
            throw new DataDirectoryException($"The data directory {path} holds other things ({foreign}) and was not made by this program. Name an empty or a new one.");
        }
    }

    private static FileStream TakeLock(string path)
    {
        var name = System.IO.Path.Combine(path, LockName);
        try
        {
            return new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerFile,
            });
        }
        catch (IOException exception) when (File.Exists(name))
        {
            throw new DataDirectoryException($"The data directory {path} is used by another server that is running. Stop that one first, or name another directory.", exception);
        }
    }

    private static Guid Identify(string path)
    {
        var name = System.IO.Path.Combine(path, IdName);
        if (!File.Exists(name))
        {
            // There whole or not at all: half an id would be another server.
            using (var file = new StreamWriter(name + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerFile }))
                file.WriteLine(Guid.NewGuid());
            File.Move(name + ".new", name);
        }

        return Guid.TryParse(File.ReadAllText(name), out var id)
            ? id
            : throw new DataDirectoryException($"{name} does not hold the id of a server. Put the file back, or remove it: the embedded stores that lie here are then another server's.");
    }

    private void CloseToOthers()
    {
        // As root the private PostgreSQL runs as another user, who has to pass through to its own directory.
        File.SetUnixFileMode(Path, Environment.IsPrivilegedProcess ? OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : OwnerOnly);
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
        {
            entry.UnixFileMode &= OwnerOnly;
        }
    }
}
