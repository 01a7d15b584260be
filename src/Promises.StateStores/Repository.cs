using System.Text;

namespace Promises.StateStores;

/// <summary>A bare repository on this machine. The caller sees to it that only one uses it at a time.</summary>
internal sealed class Repository(string directory, GitProcess git)
{
    private const int ListingLimit = 256 * 1024 * 1024;

    /// <summary>More paths than this are filtered here instead of being passed as arguments.</summary>
    private const int MostPathArguments = 2000;

    public string Directory => directory;

    public bool Exists => File.Exists(Path.Combine(directory, "HEAD"));

    public async Task InitAsync(string branch, CancellationToken cancellationToken)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var command = new GitCommand($"Cannot make the repository {Path.GetFileName(directory)}",
            ["init", "--quiet", "--bare", "--template=", $"--initial-branch={branch}", directory]);
        (await git.RunAsync(command, cancellationToken)).OrThrow();
    }

    public void Delete()
    {
        if (System.IO.Directory.Exists(directory)) System.IO.Directory.Delete(directory, recursive: true);
    }

    public Task<GitResult> RunAsync(string intention, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        git.RunAsync(new GitCommand(intention, arguments) { Repository = directory, OutputLimit = ListingLimit }, cancellationToken);

    /// <summary>The commit that a ref names. Without <c>--verify</c> git answers the name itself for a damaged ref.</summary>
    public async Task<string?> ResolveAsync(string reference, CancellationToken cancellationToken)
    {
        var result = await RunAsync($"Cannot read {reference}", ["rev-parse", "--verify", "--quiet", $"{reference}^{{commit}}"], cancellationToken);
        if (result.Succeeded) return RefNames.RequireCommit(result.Text.Trim());
        return result.ExitCode == 1 && result.Error.Length == 0 ? null : throw RemoteFaults.Describe(result);
    }

    public async Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken)
    {
        if (await ResolveAsync(RefNames.RequireCommit(commit), cancellationToken) is null) return false;
        var result = await RunAsync("Cannot compare histories", ["merge-base", "--is-ancestor", commit, RefNames.RequireCommit(of)], cancellationToken);
        return result.ExitCode == 1 && !result.TimedOut ? false : result.OrThrow().Succeeded;
    }

    public async Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        var named = paths.Count <= MostPathArguments && !paths.Contains("");
        List<string> arguments = ["ls-tree", "-r", "-z", "--full-tree", RefNames.RequireCommit(commit), "--"];
        if (named) arguments.AddRange(paths.Select(path => TreePaths.IsPath(path) ? path : throw new ArgumentException("Not a path of a tree.", nameof(paths))));
        var result = (await RunAsync("Cannot list files", arguments, cancellationToken)).OrThrow();

        var wanted = named || paths.Contains("") ? null : paths.ToHashSet(StringComparer.Ordinal);
        return [.. Records(result).Select(Entry).Where(entry => wanted is null || wanted.Contains(entry.Path) || TreePaths.Parents(entry.Path).Any(wanted.Contains))];

        static TreeEntry Entry(string record)
        {
            var tab = record.IndexOf('\t', StringComparison.Ordinal);
            var words = record[..tab].Split(' ');
            return new TreeEntry(record[(tab + 1)..], Id(words[0], words[2])!);
        }
    }

    public async Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken)
    {
        var result = (await RunAsync("Cannot compare commits",
            ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", RefNames.RequireCommit(from), RefNames.RequireCommit(to), "--"], cancellationToken)).OrThrow();

        return [.. Records(result).Chunk(2).Select(pair => Change(pair[0], pair[1]))];
    }

    public async Task<IReadOnlyList<CommitEntry>> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken)
    {
        const string commit = "commit ";
        List<string> arguments =
            ["log", "-z", $"--format={commit}%H%n%B", "--raw", "--no-renames", "--no-abbrev", "--diff-merges=first-parent", $"--max-count={atMost}", RefNames.RequireCommit(to)];
        if (from is not null) arguments.Add("^" + RefNames.RequireCommit(from));
        var result = (await RunAsync("Cannot read the history", [.. arguments, "--"], cancellationToken)).OrThrow();

        var entries = new List<CommitEntry>();
        var changes = new List<TreeChange>();
        var records = Records(result);
        for (var i = 0; i < records.Length; i++)
        {
            if (records[i].TrimStart('\n') is [':', ..] raw)
            {
                changes.Add(Change(raw, records[++i]));
                continue;
            }

            var line = records[i].IndexOf('\n', StringComparison.Ordinal);
            entries.Add(new CommitEntry(records[i][commit.Length..line], records[i][(line + 1)..], changes = []));
        }

        return entries;
    }

    /// <summary>Builds a commit under <see cref="RefNames.Pending"/>. Null if it would have the files of its base.</summary>
    public async Task<string?> CommitAsync(CommitSpec spec, string? acknowledged, string fsync, CancellationToken cancellationToken)
    {
        TreePaths.Require(spec.Changes);
        if (spec.Base is not null) RefNames.RequireCommit(spec.Base);
        Leftovers.Remove(directory);
        var command = new GitCommand("Cannot build the commit", FastImport.Arguments)
        {
            Repository = directory,
            Settings = [("core.fsync", fsync), ("core.fsyncMethod", "batch"), ("pack.compression", "1")],
            Input = (stream, token) => FastImport.WriteAsync(spec, acknowledged, stream, token),
        };
        var (commit, differs) = FastImport.Read((await git.RunAsync(command, cancellationToken)).OrThrow());
        return differs ? commit : null;
    }

    /// <summary>Git's own upkeep is off, as it would run beside us; this is done when the store is at rest.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        const int looseObjects = 2000, packs = 50;
        var objects = Path.Combine(directory, "objects");
        var sample = Path.Combine(objects, "17");
        // As git estimates it: object ids are evenly spread, so one directory of 256 tells.
        var manyLoose = System.IO.Directory.Exists(sample) && System.IO.Directory.EnumerateFiles(sample).Count() * 256 >= looseObjects;
        var manyPacks = System.IO.Directory.Exists(Path.Combine(objects, "pack"))
            && System.IO.Directory.EnumerateFiles(Path.Combine(objects, "pack"), "*.pack").Count() >= packs;
        if (!manyLoose && !manyPacks) return;

        (await RunAsync("Cannot pack objects", manyPacks ? ["repack", "-a", "-d", "-q"] : ["repack", "-d", "-q"], cancellationToken)).OrThrow();
        (await RunAsync("Cannot prune objects", ["prune", "--expire=1.day.ago"], cancellationToken)).OrThrow();
    }

    /// <param name="raw"><c>:mode mode blob blob letter</c>, followed by NUL, the path, and NUL.</param>
    private static TreeChange Change(string raw, string path)
    {
        var words = raw.TrimStart(':').Split(' ');
        return new TreeChange(path, Id(words[0], words[2]), Id(words[1], words[3]));
    }

    private static string? Id(string mode, string blob) => mode switch { "000000" => null, "100644" => blob, _ => $"{mode} {blob}" };

    private static string[] Records(GitResult result) => Encoding.UTF8.GetString(result.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
