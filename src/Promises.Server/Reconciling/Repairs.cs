using System.Globalization;

namespace Promises.Server.Reconciling;

/// <summary>What others had done to our files, as it was found when they were put right.</summary>
/// <param name="Replaced">What stood in place of one of our files or directories, as a clause.</param>
/// <param name="History">What had become of the branch, as a clause; null if others only added to it.</param>
/// <param name="Paths">Our files that are concerned.</param>
/// <param name="Returned">Files that we had removed and that were there again.</param>
internal sealed record Repairs(int Changed, int Deleted, IReadOnlyList<string> Replaced, string? History, IReadOnlyList<string> Paths, int Returned = 0)
{
    private const int MostNamed = 5;

    /// <summary>Of all branches of a record; null if nothing was found on any.</summary>
    public static string? Describe(DeliveryRecord record)
    {
        var found = record.Branches.Where(branch => branch.Repairs is not null)
            .Select(branch => branch.Branch == record.Branch ? branch.Repairs!.Describe(branch.Commit) : $"on {branch.Branch}: {branch.Repairs!.Describe(branch.Commit)}").ToList();
        return found.Count == 0 ? null
            : string.Join("; ", found.Take(MostNamed)) + (found.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"; and on {found.Count - MostNamed} more branches") : "");
    }

    public string Describe(string? commit)
    {
        var found = new List<string>();
        if (History is not null) found.Add(History);
        if (Changed > 0) found.Add(Count(Changed, "changed"));
        if (Deleted > 0) found.Add(found.Count > (History is null ? 0 : 1) ? string.Create(CultureInfo.InvariantCulture, $"{Deleted} deleted") : Count(Deleted, "deleted"));
        if (Returned > 0) found.Add(string.Create(CultureInfo.InvariantCulture, $"{Returned} that we had removed {(Returned == 1 ? "was" : "were")} back"));
        found.AddRange(Replaced.Take(MostNamed));
        if (Replaced.Count > MostNamed) found.Add(string.Create(CultureInfo.InvariantCulture, $"and {Replaced.Count - MostNamed} more like that"));

        var files = Paths.Count == 0 ? "" : $" ({string.Join(", ", Paths.Take(MostNamed))}{(Paths.Count > MostNamed ? ", …" : "")})";
        return string.Join(", ", found) + (commit is null ? $": nothing of ours was lost{files}" : $": put right in commit {commit}{files}");
    }

    private static string Count(int files, string what) =>
        files == 1 ? $"1 of our files was {what}" : string.Create(CultureInfo.InvariantCulture, $"{files} of our files were {what}");
}

/// <summary>Collects <see cref="Repairs"/> while a commit is worked out.</summary>
internal sealed class RepairLog(BranchView? view, Listing listing)
{
    private readonly SortedSet<string> _replaced = new(StringComparer.Ordinal);
    private readonly List<string> _paths = [];
    private int _changed;
    private int _deleted;
    private int _returned;

    /// <summary>Files of one owner, all of which the commit puts right.</summary>
    public void Add(FileSet files)
    {
        if (view is null) return;
        foreach (var (_, obstacle) in files.Obstacles(listing)) AddReplaced(obstacle, listing);
        foreach (var (path, found) in files.Repairs)
        {
            _paths.Add(path);
            if (found is not null && Kind(found) is { } kind) _replaced.Add($"the file {path} was replaced by {kind}");
            else if (found is not null) _changed++;
            // What was replaced as a whole is said once.
            else if (listing.Obstacle(path, "") is null) _deleted++;
        }
    }

    /// <param name="obstacle">What stands in place of a file or a directory of ours, as <see cref="Listing.Obstacle"/> has it.</param>
    public void AddReplaced(string obstacle, Listing there) => _replaced.Add(obstacle[^1] == '/'
        ? $"the file {obstacle.TrimEnd('/')} was replaced by a directory"
        : $"the directory {obstacle} was replaced by {Kind(there.Files[obstacle]) ?? "a file"}");

    /// <summary>Files that we had removed and that the commit removes again.</summary>
    public void AddReturned(IReadOnlyCollection<string> paths)
    {
        _paths.AddRange(paths);
        _returned += paths.Count;
    }

    /// <summary>Null if nothing of ours was touched.</summary>
    public Repairs? Finish()
    {
        if (_paths.Count == 0 && _replaced.Count == 0 && view?.History is null) return null;
        return new Repairs(_changed, _deleted, [.. _replaced], view?.History, _paths, _returned);
    }

    /// <summary>Of what is not a file: <see cref="StateStores.TreeEntry"/> has the mode before its id then. An executable file is one that was changed.</summary>
    private static string? Kind(string id) => id.Split(' ')[0] switch
    {
        "120000" => "a symbolic link",
        "160000" => "a submodule",
        _ => null,
    };
}
