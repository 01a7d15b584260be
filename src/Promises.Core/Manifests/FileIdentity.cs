namespace Promises.Manifests;

/// <summary>
/// What a file of ours is, whatever it is called: a file that another one of the same owner stands for is renamed, not lost.
/// </summary>
public static class FileIdentity
{
    private const string Placements = "placements/";
    private const string Dependencies = "dependencies/";

    /// <param name="path">Relative to the cluster's directory.</param>
    public static string Of(string path)
    {
        // Ours is PROMISES.md where somebody else has a README.
        if (path == "PROMISES.md") return "README.md";

        // In layout kratix one file holds all objects of a Promise.
        if (path.StartsWith(Dependencies, StringComparison.Ordinal) && path.IndexOf('/', Dependencies.Length) is > 0 and var end) return path[..end];

        // The number before an object is its place in the order of applying, which is better known in each version.
        if (!path.StartsWith(Placements, StringComparison.Ordinal)) return path;
        var name = path.LastIndexOf('/') + 1;
        var digits = name;
        while (digits < path.Length && char.IsAsciiDigit(path[digits])) digits++;
        return digits > name && digits < path.Length && path[digits] == '-' ? path[..name] + path[(digits + 1)..] : path;
    }
}
