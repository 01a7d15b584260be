using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Files of others: which of them can harm, and which stand where ours would go.</summary>
internal static class ForeignFiles
{
    // Flux and kustomize read these wherever they lie, and then drop our objects and say Ready.
    private static readonly HashSet<string> Harmful = new(StringComparer.Ordinal) { ".sourceignore", "kustomization.yaml", "kustomization.yml", "Kustomization" };

    public static bool IsHarmful(string path) => Harmful.Contains(path[(path.LastIndexOf('/') + 1)..]);

    /// <summary>Where harmful files above a directory would be.</summary>
    public static IEnumerable<string> HarmfulAbove(string directory)
    {
        for (var end = directory.Length; end > 0;)
        {
            end = Math.Max(directory.LastIndexOf('/', end - 1), 0);
            foreach (var name in Harmful) yield return end == 0 ? name : $"{directory[..end]}/{name}";
        }
    }

    /// <summary>Whether a file is in or above a directory.</summary>
    public static bool Concerns(string path, string directory)
    {
        var slash = path.LastIndexOf('/');
        var parent = slash < 0 ? "" : path[..slash];
        return IsWithin(parent, directory) || IsWithin(directory, parent);
    }

    public static IReadOnlyList<string> Findings(IEnumerable<string> harmful, string directory) =>
        [.. harmful.Where(path => Concerns(path, directory)).Order(StringComparer.Ordinal)];

    /// <summary>The findings of a cluster after the branch was moved.</summary>
    public static IReadOnlyList<string> Findings(IReadOnlyList<string> before, IEnumerable<TreeChange> moved, string directory)
    {
        var findings = before.ToHashSet(StringComparer.Ordinal);
        foreach (var change in moved.Where(change => IsHarmful(change.Path) && Concerns(change.Path, directory)))
        {
            if (change.After is null) findings.Remove(change.Path);
            else findings.Add(change.Path);
        }

        return [.. findings.Order(StringComparer.Ordinal)];
    }

    private static bool IsWithin(string path, string directory) =>
        directory.Length == 0 || path == directory || (path.StartsWith(directory, StringComparison.Ordinal) && path[directory.Length] == '/');
}
