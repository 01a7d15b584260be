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

    /// <summary>The commits that the refs of these branches name; a branch without one is left out.</summary>
    /// <param name="reference">Which ref of a branch is meant.</param>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        Func<string, string> reference, IReadOnlyCollection<string> branches, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (branches.Count == 1)
        {
            if (await ResolveAsync(reference(branches.Single()), cancellationToken) is { } commit) found.Add(branches.Single(), commit);
            return found;
        }

        var result = (await RunAsync("Cannot read branches", ["for-each-ref", "--format=%(objectname) %(refname)", reference("")], cancellationToken)).OrThrow();
        var all = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[1], words => words[0], StringComparer.Ordinal);
        foreach (var branch in branches)
        {
            if (all.TryGetValue(reference(branch), out var commit)) found.Add(branch, RefNames.RequireCommit(commit));
        }

        return found;
    }

    public async Task<bool> IsAncestorAsync(string commit, string of, CancellationToken cancellationToken)
    {
        if (await ResolveAsync(RefNames.RequireCommit(commit), cancellationToken) is null) return false;
        var result = await RunAsync("Cannot compare histories", ["merge-base", "--is-ancestor", commit, RefNames.RequireCommit(of)], cancellationToken);
        return result.ExitCode == 1 && !result.TimedOut ? false : result.OrThrow().Succeeded;
    }

    /// <summary>The files of a commit. Where paths are given: what is at or below them, and what stands where a directory above one of them would have to be.</summary>
    public async Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        // Unchanged parts of a tree are not read; past so many names it is cheaper to read them all and choose.
        var named = paths.Count is > 0 and <= MostPathArguments && !paths.Contains("");
        var above = paths.SelectMany(TreePaths.Parents).ToHashSet(StringComparer.Ordinal);
        if (!named)
        {
            var files = await TreeAsync(commit, ["-r"], [], cancellationToken);
            if (paths.Count == 0 || paths.Contains("")) return files;
            var wanted = paths.ToHashSet(StringComparer.Ordinal);
            return [.. files.Where(entry => wanted.Contains(entry.Path) || above.Contains(entry.Path) || TreePaths.Parents(entry.Path).Any(wanted.Contains))];
        }

        // Git shows the directories that it goes through. One that it did not is not there, or is no directory.
        var found = (await TreeAsync(commit, ["-r", "-t"], paths, cancellationToken)).ToLookup(IsDirectory);
        above.ExceptWith(found[true].Select(entry => entry.Path));
        if (above.Count == 0) return [.. found[false]];
        return [.. found[false].Concat(await TreeAsync(commit, [], above, cancellationToken)).Where(entry => !IsDirectory(entry)).DistinctBy(entry => entry.Path)];
    }

    private static bool IsDirectory(TreeEntry entry) => entry.Id.StartsWith("040000 ", StringComparison.Ordinal);

    private async Task<List<TreeEntry>> TreeAsync(string commit, IReadOnlyList<string> options, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var names = paths.Select(path => TreePaths.IsPath(path) ? path : throw new ArgumentException("Not a path of a tree.", nameof(paths)));
        string[] arguments = ["ls-tree", "-z", "--full-tree", .. options, RefNames.RequireCommit(commit), "--", .. names];
        return Entries((await RunAsync("Cannot list files", arguments, cancellationToken)).OrThrow().Output);
    }

    /// <param name="output">Of each <c>mode type id</c>, a tab, the path, and NUL. There may be tens of thousands, so that nothing else is made of them.</param>
    private static List<TreeEntry> Entries(ReadOnlySpan<byte> output)
    {
        const int mode = 6;
        var entries = new List<TreeEntry>();
        while (output.IndexOf((byte)0) is var end and >= 0)
        {
            var record = output[..end];
            var tab = record.IndexOf((byte)'\t');
            var id = Encoding.ASCII.GetString(record[(record[..tab].LastIndexOf((byte)' ') + 1)..tab]);
            entries.Add(new TreeEntry(Encoding.UTF8.GetString(record[(tab + 1)..]), record[..mode].SequenceEqual("100644"u8) ? id : $"{Encoding.ASCII.GetString(record[..mode])} {id}"));
            output = output[(end + 1)..];
        }

        return entries;
    }

    /// <summary>All files of several commits. The difference to nothing lists a tree, and one process takes any number of them.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<TreeEntry>>> ListAsync(IReadOnlyCollection<string> commits, CancellationToken cancellationToken)
    {
        const string nothing = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        var wanted = commits.Distinct(StringComparer.Ordinal).ToList();
        var found = await FeedAsync(["cat-file", "--batch-check=%(objectname) %(objecttype)"], wanted.Select(commit => $"{RefNames.RequireCommit(commit)}^{{tree}}"), cancellationToken);
        var trees = found.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Select(words => words[1] == "tree" ? words[0] : throw new StateStoreException(StoreFault.MirrorDamaged, "Cannot list files: a commit is missing.")).ToList();
        var listed = Listings(await FeedAsync(
            ["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev"], trees.Distinct(StringComparer.Ordinal).Select(tree => $"{nothing} {tree}"), cancellationToken));
        return wanted.Zip(trees).ToDictionary(pair => pair.First, pair => listed[pair.Second], StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<TreeChange>> DiffAsync(string from, string to, CancellationToken cancellationToken)
    {
        var result = (await RunAsync("Cannot compare commits",
            ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", RefNames.RequireCommit(from), RefNames.RequireCommit(to), "--"], cancellationToken)).OrThrow();

        return [.. Records(result).Chunk(2).Select(pair => Change(pair[0], pair[1]))];
    }

    /// <summary>As <see cref="IStateStore.HistoryAsync"/>, but null if the commit is not here.</summary>
    public async Task<IReadOnlyList<CommitEntry>?> HistoryAsync(string? from, string to, int atMost, CancellationToken cancellationToken)
    {
        if (await ResolveAsync(RefNames.RequireCommit(to), cancellationToken) is null) return null;
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

    /// <summary>Builds commits by git's import, under <see cref="RefNames.Pending"/>. Null where one would have the files of its base.</summary>
    public async Task<IReadOnlyList<string?>> ImportAsync(IReadOnlyList<CommitSpec> specs, bool acknowledge, string fsync, CancellationToken cancellationToken)
    {
        var command = new GitCommand("Cannot build the commit", FastImport.Arguments)
        {
            Repository = directory,
            Settings = [.. GitSync.Settings(fsync), ("pack.compression", "1")],
            Input = (stream, token) => FastImport.WriteAsync(specs, acknowledge, stream, token),
        };
        return FastImport.Read(specs, (await git.RunAsync(command, cancellationToken)).OrThrow());
    }

    /// <summary>Git's own upkeep is off, as it would run beside us; this is done when the store is at rest.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        const int looseObjects = 2000, packs = 50, looseRefs = 50;
        Leftovers.Remove(directory);
        var objects = Path.Combine(directory, "objects");
        var sample = Path.Combine(objects, "17");
        // As git estimates it: object ids are evenly spread, so one directory of 256 tells.
        var manyLoose = System.IO.Directory.Exists(sample) && System.IO.Directory.EnumerateFiles(sample).Count() * 256 >= looseObjects;
        var manyPacks = System.IO.Directory.Exists(Path.Combine(objects, "pack"))
            && System.IO.Directory.EnumerateFiles(Path.Combine(objects, "pack"), "*.pack").Count() >= packs;
        Leftovers.RemoveObjects(directory);
        var refs = Path.Combine(directory, "refs");
        if (System.IO.Directory.Exists(refs) && System.IO.Directory.EnumerateFiles(refs, "*", SearchOption.AllDirectories).Skip(looseRefs).Any())
            (await RunAsync("Cannot pack refs", ["pack-refs", "--all"], cancellationToken)).OrThrow();
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

    /// <summary>Each tree's records follow a line with the two trees that were compared.</summary>
    private static Dictionary<string, IReadOnlyList<TreeEntry>> Listings(string output)
    {
        var listings = new Dictionary<string, IReadOnlyList<TreeEntry>>(StringComparer.Ordinal);
        var files = new List<TreeEntry>();
        for (var at = 0; at < output.Length;)
        {
            if (output[at] != ':')
            {
                var line = output[at..output.IndexOf('\n', at)];
                listings.Add(line.Split(' ')[1], files = []);
                at += line.Length + 1;
                continue;
            }

            var middle = output.IndexOf('\0', at);
            var end = output.IndexOf('\0', middle + 1);
            var words = output[at..middle].Split(' ');
            files.Add(new TreeEntry(output[(middle + 1)..end], Id(words[1], words[3])!));
            at = end + 1;
        }

        return listings;
    }

    private async Task<string> FeedAsync(IReadOnlyList<string> arguments, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var input = Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        var command = new GitCommand("Cannot list files", arguments)
        {
            Repository = directory,
            OutputLimit = ListingLimit,
            Input = (stream, token) => stream.WriteAsync(input, token).AsTask(),
        };
        return (await git.RunAsync(command, cancellationToken)).OrThrow().Text;
    }

    private static string? Id(string mode, string blob) => mode switch { "000000" => null, "100644" => blob, _ => $"{mode} {blob}" };

    private static string[] Records(GitResult result) => Encoding.UTF8.GetString(result.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
