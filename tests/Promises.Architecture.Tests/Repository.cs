namespace Promises.Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    // .git is a file in a second work tree.
    private static readonly string[] NotOurs = [".git", "artifacts", "bin", "obj", "data", "node_modules"];

    public static string Root { get; } = Find();

    /// <summary>C# files of a folder, relative to the root.</summary>
    public static IEnumerable<SourceFile> Sources(string folder) => Files(folder).Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>All files below a folder that a person wrote.</summary>
    public static IEnumerable<SourceFile> Files(string folder = "") =>
        Below(new DirectoryInfo(Path.Combine(Root, folder))).Select(file => new SourceFile(Path.GetRelativePath(Root, file.FullName)));

    private static IEnumerable<FileInfo> Below(DirectoryInfo directory) =>
        directory.GetFiles().Where(file => file.LinkTarget is null && !NotOurs.Contains(file.Name))
            .Concat(directory.GetDirectories().Where(child => child.LinkTarget is null && !NotOurs.Contains(child.Name)).SelectMany(Below));

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Promises.sln"))) return directory.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Promises.sln above {AppContext.BaseDirectory}.");
    }
}

internal sealed record SourceFile(string Path)
{
    public string Text => File.ReadAllText(System.IO.Path.Combine(Repository.Root, Path));

    public int Lines => File.ReadLines(System.IO.Path.Combine(Repository.Root, Path)).Count();
}
