namespace Promises.StateStores;

/// <summary>Whether files can stand in one commit. They are taken owner by owner, so that a path that cannot be written is the trouble of one and not of all.</summary>
public sealed class CommitPaths
{
    private readonly Dictionary<string, Use> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Use>.AlternateLookup<ReadOnlySpan<char>> _parts;

    public CommitPaths() => _parts = _uses.GetAlternateLookup<ReadOnlySpan<char>>();

    [Flags]
    private enum Use { None = 0, Deleted = 1, Written = 2, Directory = 4 }

    /// <returns>Why these cannot join those taken before, as a sentence; null if they are taken. Refused ones leave nothing behind.</returns>
    public string? Take(IReadOnlyCollection<FileChange> changes)
    {
        _uses.EnsureCapacity(_uses.Count + changes.Count);
        var before = new List<(string Path, Use Use)>();
        foreach (var change in changes)
        {
            if (Take(change, before) is not { } refusal) continue;
            for (var i = before.Count - 1; i >= 0; i--) _uses[before[i].Path] = before[i].Use;
            return refusal;
        }

        return null;
    }

    /// <param name="before">What was known of a path is noted there.</param>
    private string? Take(FileChange change, List<(string Path, Use Use)> before)
    {
        var path = change.Path;
        if (TreePaths.Problem(path) is { } problem) return problem;
        var use = _uses.GetValueOrDefault(path);
        if ((use & (Use.Written | Use.Deleted)) != 0) return $"The path {path} stands twice in a commit.";
        var isWritten = change.Content is not null;
        if (isWritten && (use.HasFlag(Use.Directory) || IsBelowFile(path))) return $"The path {path} lies below, or above, another file of the commit.";
        Set(path, use | (isWritten ? Use.Written : Use.Deleted), use, before);
        if (!isWritten) return null;

        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            // Of a directory that is known all above it are known.
            if (_parts.TryGetValue(path.AsSpan(0, slash), out var above) && above.HasFlag(Use.Directory)) break;
            Set(path[..slash], above | Use.Directory, above, before);
        }

        return null;
    }

    private bool IsBelowFile(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (!_parts.TryGetValue(path.AsSpan(0, slash), out var above)) continue;
            if (above.HasFlag(Use.Written)) return true;
            // Nothing that is written is above a directory.
            if (above.HasFlag(Use.Directory)) return false;
        }

        return false;
    }

    private void Set(string path, Use use, Use was, List<(string Path, Use Use)> before)
    {
        before.Add((path, was));
        _uses[path] = use;
    }
}
