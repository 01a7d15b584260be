using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>
/// Somebody with push rights and no manners, on a branch that we write to as well: keeps files of their own there, damages ours, goes back by force and rewrites
/// history. What they do follows from the seed and from what they find.
/// </summary>
internal sealed class Stranger
{
    private const string Link = "120000", Submodule = "160000", Executable = "100755", File = "100644";

    /// <summary>In the name of every file of theirs that has to stay.</summary>
    private const string Theirs = "theirs";

    private static readonly TimeSpan Curiosity = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Caution = TimeSpan.FromSeconds(30);

    private readonly List<string> _acts = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _commits = new(StringComparer.Ordinal);
    private readonly Random _random;
    private readonly GitRepo _repo;
    private readonly Func<string, Task<bool>> _isKnown;
    private IReadOnlyDictionary<string, string> _files = new Dictionary<string, string>();
    private string? _left;
    private bool _wasForced;

    /// <param name="isKnown">Whether the server knows that the branch is at a commit, and has nothing to do about it.</param>
    public Stranger(int seed, GitRepo repo, Func<string, Task<bool>> isKnown)
    {
        (_random, _repo, _isKnown) = (new Random(seed), repo, isKnown);
        // A push holds the lock of the branch for a moment; what they do waits for it.
        repo.In("config", "core.filesRefLockTimeout", "10000");
    }

    /// <summary>What was done, for whoever looks for the reason of a failure.</summary>
    public string Acts => string.Join('\n', _acts);

    public async Task ActAsync(int times)
    {
        while (_acts.Count < times)
        {
            _wasForced = false;
            await Task.Run(Act);
            // Old history may have files that are nobody's of ours any more: what they put in place of those is theirs, and stalls ours for good. Else every
            // other time on what was made of it, and on whatever stands there at once.
            if (_wasForced) (await IsSeenAsync(Caution)).ShouldBeTrue($"Nobody has looked at the branch for {Caution} after\n{Acts}");
            else if (_random.Next(2) == 0) await IsSeenAsync(Curiosity);
        }
    }

    /// <summary>Nothing of theirs was lost, now and at any time.</summary>
    public void Check()
    {
        Look();
        _repo.Files().Where(IsTheirs).Order().ShouldBe(_files.Keys.Order(), Acts);
        foreach (var (path, content) in _files) _repo.Show(path).ShouldBe(content, path);

        // Nor by commits of ours that they threw away.
        foreach (var commit in Lines("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").Select(line => line.Split(' ')).Where(words => words[1] == "commit"))
        {
            if (Lines("show", "--format=%cn", "--name-only", commit[0]) is [not "Somebody", .. var touched]) touched.ShouldNotContain(path => IsTheirs(path), $"{commit[0]}\n{Acts}");
        }
    }

    public static bool IsTheirs(string path) => path.Contains(Theirs, StringComparison.Ordinal);

    /// <summary>Whether what stands there now is of theirs: a file that has to stay, or what they once put in place of one of ours that nobody wants any more.</summary>
    public bool HasPut(string path) => IsTheirs(path) || (Lines("ls-tree", "main", "--", path) is [var entry] && (
        entry.StartsWith(Link, StringComparison.Ordinal) || entry.StartsWith(Submodule, StringComparison.Ordinal) || _repo.Show(path).StartsWith(Theirs, StringComparison.Ordinal)));

    private void Act()
    {
        Look();
        var tip = _repo.Head();
        var ours = tip is null ? [] : _repo.In("ls-tree", "-r", "-z", "--name-only", tip).Split('\0')
            .Where(path => path.StartsWith("clusters/", StringComparison.Ordinal) && !IsTheirs(path)).ToList();
        var file = ours.Count == 0 ? "clusters" : Any(ours);
        var directory = file[..Math.Max("clusters".Length, file.LastIndexOf('/'))];
        switch (_random.Next(16))
        {
            case 0 or 1:
                Push(tip, ours.Contains("clusters/c1/README.md") && _random.Next(2) == 0 ? $"clusters/c1/{Theirs}-{_acts.Count}.md" : $"{Theirs}/{_acts.Count}.md", File);
                break;
            case 2 when _files.Count > 0:
                Push(tip, Any([.. _files.Keys.Order(StringComparer.Ordinal)]), File);
                break;
            case 3 when _files.Count > 0:
                Push(tip, Any([.. _files.Keys.Order(StringComparer.Ordinal)]), null);
                break;
            case 4 or 5 when tip is not null && _repo.Try("rev-parse", "--verify", "--quiet", $"{tip}~{_random.Next(1, 6)}^{{commit}}").Trim() is { Length: > 0 } earlier:
                Force("went back to", earlier);
                break;
            case 6 when tip is not null:
                Force("deleted the branch at", null);
                break;
            case 7 when tip is not null:
                // What stands there becomes the first commit, without any of the history.
                var first = _repo.In("-c", "user.name=Somebody", "-c", "user.email=s@example.com", "commit-tree", $"{tip}^{{tree}}", "-m", "rewritten").Trim();
                _commits[first] = FilesAt(tip);
                Force("rewrote history to", first);
                break;
            case 8 or 9:
                Push(tip, file, null);
                break;
            case 10:
                Push(tip, directory, null);
                break;
            case 11:
                Push(tip, file, Any([Link, Submodule, Executable]));
                break;
            case 12:
                Push(tip, directory, Any([Link, Submodule, File]));
                break;
            case 13:
                Push(tip, Any([.. ((string[])["clusters/c1", "clusters/c5", "clusters"]).Where(above => above == "clusters" || ours.Contains($"{above}/README.md"))]), Any([Link, Submodule]));
                break;
            case 14 when ours.Count > 0:
                Push(tip, $"{file}/deep/er.txt", File);
                break;
            default:
                Push(tip, file, File);
                break;
        }
    }

    /// <param name="mode">Of what is put there; null deletes what is.</param>
    private void Push(string? tip, string path, string? mode)
    {
        var content = $"{Theirs} {_acts.Count}\n";
        List<(string Path, string Mode, string? Content)> changes = [(path, mode ?? File, mode is null ? null : content)];
        if (path.EndsWith("/deep/er.txt", StringComparison.Ordinal)) changes.Insert(0, (path[..^"/deep/er.txt".Length], File, null));
        if (_repo.Push("main", tip, $"{path} {mode}", changes) is not { } commit) return;

        var files = FilesAt(tip).Where(mine => mine.Key != path && !mine.Key.StartsWith(path + "/", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        if (IsTheirs(path) && mode is not null) files.Add(path, content);
        _commits[commit] = files;
        Left($"{(mode is null ? "deleted" : $"put {mode} at")} {path}:", commit, files);
    }

    private void Force(string act, string? commit)
    {
        _wasForced = true;
        if (commit is null) _repo.In("update-ref", "-d", "refs/heads/main");
        else _repo.In("update-ref", "refs/heads/main", commit);
        Left(act, commit, FilesAt(commit));
    }

    private void Left(string act, string? commit, IReadOnlyDictionary<string, string> files)
    {
        _acts.Add($"{act} {commit}");
        (_left, _files) = (commit, files);
    }

    /// <summary>What they had when they made the last commit of theirs that this one stands on.</summary>
    private IReadOnlyDictionary<string, string> FilesAt(string? commit) =>
        (commit is null ? [] : Lines("rev-list", "--first-parent", commit)).Where(_commits.ContainsKey).Select(own => _commits[own]).FirstOrDefault() ?? new Dictionary<string, string>();

    /// <summary>What they left last is part of the branch.</summary>
    private void Look()
    {
        if (_left is not null) _repo.Try("merge-base", _left, "main").Trim().ShouldBe(_left, $"{_left} was thrown away\n{Acts}");
    }

    private async Task<bool> IsSeenAsync(TimeSpan patience)
    {
        try
        {
            await Wait.UntilAsync(async () => _repo.Head() != _left || (_left is not null && await _isKnown(_left)), patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private string[] Lines(params string[] arguments) => _repo.In(arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];
}
