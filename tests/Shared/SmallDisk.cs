using System.Diagnostics;

namespace Promises.Testing;

/// <summary>A file system of a few megabytes, which a test can fill. Skips the test where mounting one is not permitted.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;

    /// <param name="path">A directory, made if it is not there. What is in it already cannot be seen until the end.</param>
    public SmallDisk(string path, int megabytes = 4)
    {
        Path = Directory.CreateDirectory(path).FullName;
        var (code, error) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "promises-test", Path);
        if (code != 0) Xunit.Assert.Skip($"A small file system cannot be mounted here: {error}");
    }

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <summary>Until so many pages are left.</summary>
    public void Fill(int pages = 0)
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[Page]);
        }
        catch (IOException)
        {
            ballast.SetLength(Math.Max(0, (ballast.Length / Page) - pages) * Page);
        }
    }

    public void Free() => File.Delete(Ballast);

    // Whatever still has a file open there keeps it to itself.
    public void Dispose() => Run("umount", "-l", Path);

    private static (int Code, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return (-1, absent.Message);
        }
    }
}
