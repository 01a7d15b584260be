namespace Promises.StateStores;

/// <summary>Reads branches from the files in which git keeps them by default, without starting it.</summary>
internal static class RefFiles
{
    private const string Heads = "refs/heads/";

    /// <summary>Where branches of a bare repository are; those that do not exist are left out. Null where only git can tell: refs are stored in another way, or a ref names another.</summary>
    public static IReadOnlyDictionary<string, string>? Read(string repository, IReadOnlyCollection<string> branches)
    {
        // Another way of storing refs leaves a HEAD that names nothing and a directory of its own; a shared one lies elsewhere.
        if (!File.Exists(Path.Combine(repository, "HEAD")) || !Directory.Exists(Path.Combine(repository, "refs")) || !Directory.Exists(Path.Combine(repository, "objects"))
            || Directory.Exists(Path.Combine(repository, "reftable")) || File.Exists(Path.Combine(repository, "commondir"))) return null;

        var tips = new Dictionary<string, string>(StringComparer.Ordinal);
        var packed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var branch in branches)
        {
            if (ReadLoose(Path.Combine(repository, Heads, RefNames.RequireBranch(branch))) is not { } text) packed.Add(branch);
            else if (RefNames.IsCommit(text)) tips.Add(branch, text);
            else return null;
        }

        // After the loose ones, as git does: a ref that is packed in between is then found in the new file.
        if (packed.Count == 0 || !File.Exists(Path.Combine(repository, "packed-refs"))) return tips;
        foreach (var line in File.ReadLines(Path.Combine(repository, "packed-refs")))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || line[0] is '#' or '^' || string.CompareOrdinal(line, space + 1, Heads, 0, Heads.Length) != 0) continue;
            var branch = line[(space + 1 + Heads.Length)..];
            if (!packed.Contains(branch)) continue;
            if (!RefNames.IsCommit(line[..space])) return null;
            tips[branch] = line[..space];
        }

        return tips;
    }

    private static string? ReadLoose(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\n');
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(file))
        {
            return null;
        }
    }
}
