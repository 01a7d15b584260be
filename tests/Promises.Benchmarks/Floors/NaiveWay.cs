using System.Diagnostics;

namespace Promises.Benchmarks.Floors;

/// <summary>What is done without a service such as this: for each cluster that gets something clone, write the files, commit, push.</summary>
internal sealed class NaiveWay(string repository, string url)
{
    private static readonly string[] s_who = ["-c", "user.name=a", "-c", "user.email=a@localhost"];

    /// <returns>Milliseconds until the last push was answered, without clearing away the clones.</returns>
    public double Deliver(GitChanges changes)
    {
        var clone = repository + ".clone";
        var time = TimeSpan.Zero;
        foreach (var cluster in changes.Files.GroupBy(file => string.Join('/', file.Path.Split('/').Take(2)), StringComparer.Ordinal))
        {
            var start = Stopwatch.GetTimestamp();
            Git.Run(["clone", "--quiet", "--depth", "1", url, clone]);
            foreach (var (path, blob) in cluster)
            {
                var file = Path.Combine(clone, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                if (blob is null) File.Delete(file);
                else File.WriteAllBytes(file, changes.Content[blob]);
            }

            Git.Run(["-C", clone, "add", "--all"]);
            Git.Run(["-C", clone, .. s_who, "commit", "--quiet", "-m", cluster.Key]);
            Git.Run(["-C", clone, "push", "--quiet", "origin", "main"]);
            time += Stopwatch.GetElapsedTime(start);
            Directory.Delete(clone, recursive: true);
        }

        return time.TotalMilliseconds;
    }
}
