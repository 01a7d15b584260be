namespace Promises.Server.Reconciling;

/// <summary>What lies on the branch where new files are to go.</summary>
internal sealed class Listing
{
    private readonly IReadOnlyDictionary<string, string> _files;
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    public Listing(IReadOnlyDictionary<string, string> files)
    {
        _files = files;
        foreach (var path in files.Keys)
        {
            for (var slash = path.LastIndexOf('/'); slash > 0 && _directories.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
            {
                // Added by the condition; a directory that is known has all its parents known.
            }
        }
    }

    public static Listing Empty { get; } = new(new Dictionary<string, string>());

    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>The file that stands in the way of writing one: there, or where a directory would have to be.</summary>
    public string? Obstacle(string path, string blob)
    {
        if (_files.TryGetValue(path, out var there)) return there == blob ? null : path;
        if (_directories.Contains(path)) return path + "/";
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (_files.ContainsKey(path[..slash])) return path[..slash];
        }

        return null;
    }
}
