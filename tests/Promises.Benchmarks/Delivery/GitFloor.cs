using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Promises.Benchmarks.Delivery;

/// <summary>
/// What delivering costs with git alone, at its quickest: one fast-import into a mirror that has the base, one push. Without a URL there is nothing to
/// push: fast-import goes into the repository itself, then the branch is moved.
/// </summary>
internal sealed class GitFloor
{
    private readonly string _repository;
    private readonly string? _url;
    private readonly string _mirror;
    private readonly RefFile _branch;

    public GitFloor(string repository, string? url)
    {
        (_repository, _url, _branch) = (repository, url, new RefFile(repository));
        _mirror = url is null ? repository : Copy(repository, repository + ".mirror");
    }

    public static string Init(string directory)
    {
        Git.Run(["init", "--quiet", "--bare", "--initial-branch=main", directory]);
        return directory;
    }

    /// <summary>A repository with the same branch, which is a loose ref in a file as it is where somebody pushed.</summary>
    public static string Copy(string from, string to)
    {
        Init(to);
        Git.Run(["-C", to, "fetch", "--quiet", from, "refs/heads/main:refs/heads/main"]);
        return to;
    }

    /// <returns>Milliseconds until the branch has moved.</returns>
    public double Deliver(GitChanges changes)
    {
        var from = _branch.Read();
        var stream = Stream(changes, from);
        var start = Stopwatch.GetTimestamp();
        var moved = _branch.WhenMovedAsync(from);
        string[] import = ["-C", _mirror, "-c", "core.fsync=none", "-c", "pack.compression=1", "fast-import", "--quiet", "--force", "--done"];
        var commit = Encoding.ASCII.GetString(Git.Run(import, stream)).Trim();
        if (_url is null) Git.Run(["-C", _repository, "update-ref", "refs/heads/main", commit, from]);
        else
        {
            Git.Run(["-C", _mirror, "-c", "pack.window=0", "-c", "pack.compression=1", "push", "--porcelain", "--no-verify",
                $"--force-with-lease=refs/heads/main:{from}", _url, $"{commit}:refs/heads/main"]);
        }

        return Stopwatch.GetElapsedTime(start, moved.GetAwaiter().GetResult()).TotalMilliseconds;
    }

    private static byte[] Stream(GitChanges changes, string from)
    {
        using var stream = new MemoryStream();
        Text("commit refs/w/pending\nmark :1\nauthor a <a@localhost> 1700000000 +0000\ncommitter a <a@localhost> 1700000000 +0000\ndata 5\nfloor\n");
        Text($"from {from}\n");
        foreach (var (path, content) in changes.Files)
        {
            if (content is null)
            {
                Text($"D {path}\n");
                continue;
            }

            Text(string.Create(CultureInfo.InvariantCulture, $"M 100644 inline {path}\ndata {content.Length}\n"));
            stream.Write(content);
            Text("\n");
        }

        Text("\nget-mark :1\ndone\n");
        return stream.ToArray();

        void Text(string text) => stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
