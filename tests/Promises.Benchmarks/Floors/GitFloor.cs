using System.Diagnostics;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Floors;

/// <summary>
/// Floor (a): delivering with git alone, at its quickest: one fast-import into a mirror that has the base, one push. Without a URL there is nothing to
/// push: fast-import goes into the repository itself, then the branch is moved.
/// </summary>
internal sealed class GitFloor(string repository, string? url)
{
    private readonly string _mirror = url is null ? repository : Git.Copy(repository, repository + ".mirror");

    public RefFile Branch { get; } = new(repository);

    /// <summary>Milliseconds that the last fast-import took.</summary>
    public double Imported { get; private set; }

    /// <returns>Milliseconds until the branch has moved.</returns>
    public double Deliver(GitChanges changes)
    {
        var from = Branch.Read();
        var stream = ImportStream.Of(changes, from);
        var start = Stopwatch.GetTimestamp();
        var moved = Branch.WhenMovedAsync(from);
        Send(stream, from);
        return Stopwatch.GetElapsedTime(start, moved.GetAwaiter().GetResult()).TotalMilliseconds;
    }

    /// <summary>The same with nobody watching, where many run at once.</summary>
    public void Send(byte[] stream, string from)
    {
        var start = Stopwatch.GetTimestamp();
        var commit = ImportStream.Import(_mirror, stream).Single();
        Imported = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (url is null) Git.Run(["-C", repository, "update-ref", "refs/heads/main", commit, from]);
        else
        {
            Git.Run(["-C", _mirror, "-c", "pack.window=0", "-c", "pack.compression=1", "push", "--porcelain", "--no-verify",
                $"--force-with-lease=refs/heads/main:{from}", url, $"{commit}:refs/heads/main"]);
        }
    }
}
