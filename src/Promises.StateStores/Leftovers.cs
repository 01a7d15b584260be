namespace Promises.StateStores;

/// <summary>Removes what a killed git left behind. Only while our lock says that no git of ours works in the repository.</summary>
internal static class Leftovers
{
    private static readonly string[] Locks = ["HEAD.lock", "packed-refs.lock", "config.lock", "index.lock", "shallow.lock"];

    public static void Remove(string repository)
    {
        if (!Directory.Exists(repository)) return;
        foreach (var name in Locks) Delete(Path.Combine(repository, name));
        foreach (var file in Files(repository, "fast_import_crash_*", SearchOption.TopDirectoryOnly)) Delete(file);
        foreach (var file in Files(Path.Combine(repository, "refs"), "*.lock", SearchOption.AllDirectories)) Delete(file);
        foreach (var pattern in (string[])["tmp_*", ".tmp-*"])
        {
            foreach (var file in Files(Path.Combine(repository, "objects", "pack"), pattern, SearchOption.TopDirectoryOnly)) Delete(file);
        }
    }

    /// <summary>Objects that were begun, such as one by each try on a full disk. Looking for them takes longer, so it is done when the repository rests.</summary>
    public static void RemoveObjects(string repository)
    {
        foreach (var file in Files(Path.Combine(repository, "objects"), "tmp_obj_*", SearchOption.AllDirectories)) Delete(file);
    }

    private static IEnumerable<string> Files(string directory, string pattern, SearchOption depth) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, pattern, depth).ToList() : [];

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (IOException)
        {
            // Git will name the file if it is in its way.
        }
    }
}
