namespace Promises.Testing;

/// <summary>A new directory that other users may enter (PostgreSQL never runs as root), removed at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory()
    {
        Path = Directory.CreateTempSubdirectory("promises-test-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                // A server that outlives this directory, or a git of its, wrote into it while it was emptied.
                Thread.Sleep(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
