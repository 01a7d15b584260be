namespace Promises.Tests;

/// <summary>Finds real documents, which lie beside the repository and are not part of it.</summary>
internal static class TestData
{
    /// <summary>The directory, from <c>PROMISES_TESTDATA</c> or beside the repository; the test is skipped where it is absent.</summary>
    public static string Directory
    {
        get
        {
            if (Find() is { } found) return found;
            Assert.Skip("testdata absent");
            return "";
        }
    }

    /// <summary>YAML files below a subdirectory, in the order of their names.</summary>
    public static IReadOnlyList<string> Files(string subdirectory) =>
    [
        .. System.IO.Directory.EnumerateFiles(Path.Combine(Directory, subdirectory), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
    ];

    private static string? Find()
    {
        if (System.Environment.GetEnvironmentVariable("PROMISES_TESTDATA") is { Length: > 0 } told) return System.IO.Directory.Exists(told) ? told : null;

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "testdata");
            if (System.IO.Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
