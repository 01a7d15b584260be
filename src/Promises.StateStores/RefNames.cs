using System.Text.RegularExpressions;

namespace Promises.StateStores;

/// <summary>Names and ids that become arguments of git.</summary>
internal static partial class RefNames
{
    /// <summary>The last commit that the remote acknowledged.</summary>
    public static string Acknowledged(string branch) => $"refs/remote/{branch}";

    /// <summary>The commit that was built last for a branch: without a ref it could be pruned.</summary>
    public static string Pending(string branch) => $"refs/w/b/{branch}";

    public static string Branch(string branch) => $"refs/heads/{branch}";

    /// <summary>The rules of <c>git check-ref-format</c>, and stricter.</summary>
    public static bool IsBranch(string branch) =>
        BranchName().IsMatch(branch) && !branch.Contains("..", StringComparison.Ordinal) && !branch.Contains("//", StringComparison.Ordinal)
        && !branch.EndsWith('/') && !branch.EndsWith('.')
        && branch.Split('/').All(part => !part.StartsWith('.') && !part.EndsWith(".lock", StringComparison.OrdinalIgnoreCase));

    /// <summary>The branch that a ref is; null if it is none.</summary>
    public static string? BranchOf(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) && IsBranch(reference[11..]) ? reference[11..] : null;

    public static bool IsCommit(string id) => CommitId().IsMatch(id);

    public static string RequireBranch(string branch) =>
        IsBranch(branch) ? branch : throw new StateStoreException(StoreFault.AddressRefused, "The name of the branch is not one that git takes.");

    /// <param name="pattern">With one <c>*</c> at most, which stands for one part or less of the name.</param>
    public static bool Fits(string pattern, string branch)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return pattern == branch;
        var (before, after) = (pattern[..star], pattern[(star + 1)..]);
        return branch.Length > before.Length + after.Length && branch.StartsWith(before, StringComparison.Ordinal) && branch.EndsWith(after, StringComparison.Ordinal)
            && !branch[before.Length..^after.Length].Contains('/', StringComparison.Ordinal);
    }

    /// <summary>A branch, or a pattern with one <c>*</c>.</summary>
    public static string RequirePattern(string branches)
    {
        RequireBranch(branches.Count(c => c == '*') == 1 ? branches.Replace('*', 'x') : branches);
        return branches;
    }

    public static string RequireCommit(string id) =>
        IsCommit(id) ? id : throw new ArgumentException("Not the full id of a commit.", nameof(id));

    [GeneratedRegex(@"\A(?![-/])[A-Za-z0-9._/+#=-]{1,244}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BranchName();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitId();
}
