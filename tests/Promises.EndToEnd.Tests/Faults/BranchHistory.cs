using System.Globalization;
using System.Text.RegularExpressions;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A commit, as a stranger reads it.</summary>
/// <param name="Version">The fleet version that its branch reflects, as it says; 0 for one that is not ours.</param>
/// <param name="Changes">Those it brings, as it says.</param>
/// <param name="Files">
/// In the words of <see cref="FleetModel.Files"/>, from the content of its tree. What others left where nothing of ours is wanted any more is theirs, and does not count.
/// </param>
/// <param name="Children">Flux children in its tree: <c>promise cluster</c>.</param>
/// <param name="Directories">Of clusters, whose agent finds at least one manifest of ours there.</param>
/// <param name="Entries">All of its tree: path, mode and object.</param>
internal sealed record BranchCommit(
    string Id, long Version, IReadOnlyList<long> Changes, IReadOnlySet<string> Files, IReadOnlySet<string> Children, IReadOnlySet<string> Directories, IReadOnlyList<string> Entries);

/// <summary>Reads our commits on a branch from the first to the last, by plain git.</summary>
internal sealed partial class BranchHistory(GitRepo repository)
{
    private readonly Dictionary<string, string> _blobs = new(StringComparer.Ordinal);

    public IReadOnlyList<BranchCommit> Read(string branch = "main") => repository.Head(branch) is null ? [] :
    [
        .. repository.In("log", "--first-parent", "--reverse", "--format=%H%x01%B%x00", branch).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Trim('\n').Split('\u0001')).Where(parts => parts.Length == 2 && Version().IsMatch(parts[1]))
            .Select(parts => Commit(parts[0], parts[1])),
    ];

    /// <summary>What stands there now, whoever made the last commit.</summary>
    public BranchCommit Tip(string branch = "main") => repository.Head(branch) is null
        ? new BranchCommit("none", 0, [], new HashSet<string>(), new HashSet<string>(), new HashSet<string>(), []) : Commit(branch, repository.Message(branch));

    private BranchCommit Commit(string id, string message)
    {
        var (files, children, directories) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var lines = repository.In("ls-tree", "-r", "-z", id).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
        {
            var (path, type, blob) = (line.Split('\t')[1], line.Split('\t')[0].Split(' ')[1], line.Split('\t')[0].Split(' ')[2]);
            if (type == "blob" && Placed().Match(path) is { Success: true } placed && GenerationOf(blob) is { Length: > 0 } generation)
                files.Add($"{placed.Groups["promise"]} {placed.Groups["cluster"]} {generation}");
            else if (Child().Match(path) is { Success: true } child)
            {
                if (child.Groups["promise"].Value == "promises-cluster") directories.Add(child.Groups["cluster"].Value);
                else children.Add($"{child.Groups["promise"]} {child.Groups["cluster"]}");
            }
        }

        return new BranchCommit(
            id, Version().Matches(message) is [.., var last] ? Number(last) : 0, [.. Change().Matches(message).Select(Number)], files, children, directories,
            [.. lines.Select(line => $"{line.Split('\t')[1]} {line.Split('\t')[0]}")]);
    }

    private string GenerationOf(string blob)
    {
        if (!_blobs.TryGetValue(blob, out var generation))
            _blobs.Add(blob, generation = Generation().Match(repository.In("cat-file", "blob", blob)).Groups[1].Value);
        return generation;
    }

    private static long Number(Match match) => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Promises-Version: (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Version();

    [GeneratedRegex(@"^Promises-Change: (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Change();

    [GeneratedRegex(@"^clusters/(?<cluster>[^/]+)/placements/(?<promise>[^/]+)/")]
    private static partial Regex Placed();

    [GeneratedRegex(@"^clusters/(?<cluster>[^/]+)/flux/(?<promise>[^/]+)\.yaml$")]
    private static partial Regex Child();

    [GeneratedRegex(@"x: ""?[a-z0-9]+=(\d+)")]
    private static partial Regex Generation();
}
