namespace Promises.StateStores;

/// <summary>Whether files can stand in one commit. They are taken owner by owner, so that a path that cannot be written is the trouble of one and not of all.</summary>
public sealed class CommitPaths
{
    private readonly HashSet<string> _all = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    /// <returns>Why these cannot join those taken before, as a sentence; null if they are taken. Refused ones leave nothing behind.</returns>
    public string? Take(IReadOnlyCollection<FileChange> changes)
    {
        var own = new CommitPaths();
        foreach (var change in changes)
        {
            if ((own.Refusal(change) ?? Refusal(change)) is { } refusal) return refusal;
            own.Add(change);
        }

        foreach (var change in changes) Add(change);
        return null;
    }

    private string? Refusal(FileChange change)
    {
        var path = change.Path;
        if (TreePaths.Problem(path) is { } problem) return problem;
        if (_all.Contains(path)) return $"The path {path} stands twice in a commit.";
        return change.Content is not null && (_directories.Contains(path) || TreePaths.Parents(path).Any(_written.Contains)) ? $"The path {path} lies below, or above, another file of the commit." : null;
    }

    private void Add(FileChange change)
    {
        _all.Add(change.Path);
        if (change.Content is null) return;
        _written.Add(change.Path);
        foreach (var directory in TreePaths.Parents(change.Path))
        {
            if (!_directories.Add(directory)) break;
        }
    }
}
