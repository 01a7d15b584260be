using System.Globalization;
using System.Text;
using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;
using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>One label in a repository that others have filled for years: a long history, and a tree of which ours is the smaller half.</summary>
internal static class GrowthBenchmark
{
    private const int PerDirectory = 10;

    public static async Task RunAsync(BenchOptions options)
    {
        using var place = new TempDirectory();
        var (commits, files, clusters) = (options.Of(10_000, 20), options.Of(25_000, 100), options.Of(1_000, 20));
        Samples.Table();
        await DeliveryBenchmark.LabelsAsync(
            place["growth"], new FileTransport(), clusters, options.Of(200, 3), options.Naive, repository => Fill(repository, commits, files),
            $"label, {Report.Count(commits)} commits and {Report.Count(files)} files of others");
    }

    /// <summary>All files in the first commit, then a commit for each change of one.</summary>
    private static void Fill(string repository, int commits, int files)
    {
        var wide = (int)Math.Ceiling(Math.Sqrt((double)files / PerDirectory));
        var stream = new StringBuilder();
        for (var commit = 0; commit < commits; commit++)
        {
            stream.Append(CultureInfo.InvariantCulture, $"commit refs/heads/main\ncommitter a <a@localhost> {1_600_000_000 + commit} +0000\ndata 6\nothers\n");
            if (commit == 0)
            {
                for (var file = 0; file < files; file++) Add(file, commit);
            }
            else Add(commit * 7919 % files, commit);
        }

        Git.Run(["-C", repository, "fast-import", "--quiet", "--done"], Encoding.ASCII.GetBytes(stream.Append("done\n").ToString()));

        void Add(int file, int revision)
        {
            var directory = file / PerDirectory;
            var content = string.Create(CultureInfo.InvariantCulture, $"file: {file}\nrevision: {revision}\n");
            stream.Append(CultureInfo.InvariantCulture, $"M 100644 inline apps/{directory / wide}/{directory % wide}/{file % PerDirectory}.yaml\ndata {content.Length}\n{content}\n");
        }
    }
}
