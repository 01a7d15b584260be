namespace Promises.Model;

/// <summary>How a state store names its branches: one for all clusters, or with <c>{cluster}</c> in place of the name of each.</summary>
public static class BranchPattern
{
    public const string Cluster = "{cluster}";

    public static bool IsPerCluster(string pattern) => pattern.Contains(Cluster, StringComparison.Ordinal);

    /// <summary>The branch that a cluster's files lie on.</summary>
    public static string Of(string pattern, string cluster) => pattern.Replace(Cluster, cluster, StringComparison.Ordinal);

    /// <summary>The cluster whose own branch it is; null where there is none such, or all share it.</summary>
    public static string? ClusterOf(string pattern, string branch)
    {
        var at = pattern.IndexOf(Cluster, StringComparison.Ordinal);
        if (at < 0) return null;
        var (before, after) = (pattern[..at], pattern[(at + Cluster.Length)..]);
        return branch.Length > before.Length + after.Length && branch.StartsWith(before, StringComparison.Ordinal) && branch.EndsWith(after, StringComparison.Ordinal)
            ? branch[before.Length..^after.Length]
            : null;
    }
}
