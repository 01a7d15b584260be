namespace Promises.StateStores;

/// <summary>How git is told which of its files are to survive a power cut.</summary>
internal static class GitSync
{
    /// <param name="sync">As <c>core.fsync</c> takes it.</param>
    public static IReadOnlyList<(string Key, string Value)> Settings(string sync) => [("core.fsync", sync), ("core.fsyncMethod", "batch")];
}
