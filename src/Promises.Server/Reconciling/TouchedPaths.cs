using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>What others touched on a branch, asked by directory.</summary>
internal sealed class TouchedPaths
{
    private readonly HashSet<string> _paths;
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    public TouchedPaths(IEnumerable<TreeChange> moved)
    {
        _paths = moved.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in _paths)
        {
            for (var slash = path.LastIndexOf('/'); slash > 0 && _directories.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
            {
                // Added by the condition; of a directory that is known all parents are known.
            }
        }
    }

    /// <summary>Whether something in a directory was touched, or in its place, or above it what can harm it.</summary>
    public bool Concern(string directory)
    {
        if (directory.Length == 0 || _paths.Contains(directory) || _directories.Contains(directory)) return _paths.Count > 0;
        for (var slash = directory.LastIndexOf('/'); slash > 0; slash = directory.LastIndexOf('/', slash - 1))
        {
            if (_paths.Contains(directory[..slash])) return true;
        }

        return ForeignFiles.HarmfulAbove(directory).Any(_paths.Contains);
    }
}
