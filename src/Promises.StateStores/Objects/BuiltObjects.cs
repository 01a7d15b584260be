namespace Promises.StateStores;

/// <summary>
/// The objects of the commits that were built here lately, for pushing them without reading them again. Used by one at a time, as the repository is.
/// </summary>
/// <param name="limit">Bytes of content; what is more than that is not worth its memory beside the push of so much.</param>
internal sealed class BuiltObjects(long limit = 64 * 1024 * 1024)
{
    private readonly Dictionary<string, IReadOnlyList<GitObject>> _commits = new(StringComparer.Ordinal);
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
    private long _size;

    /// <param name="objects">All that the base of the commit does not have.</param>
    public void Add(string commit, IReadOnlyList<GitObject> objects)
    {
        foreach (var one in objects) _size += _counted.Add(one.Id) ? one.Content.Length : 0;
        _commits[commit] = objects;
        if (_size <= limit) return;
        // All of it: half of what is pushed together helps nobody.
        _commits.Clear();
        _counted.Clear();
        _size = 0;
    }

    /// <summary>Each object once; null if one of the commits is not known.</summary>
    public IReadOnlyList<GitObject>? Of(IReadOnlyCollection<string> commits)
    {
        var objects = new Dictionary<string, GitObject>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            if (!_commits.TryGetValue(commit, out var known)) return null;
            foreach (var one in known) objects.TryAdd(one.Id, one);
        }

        return [.. objects.Values];
    }
}
