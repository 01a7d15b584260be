using System.Text.RegularExpressions;

namespace Promises.StateStores;

/// <summary>Names and ids that become arguments of git.</summary>
internal static partial class RefNames
{
    /// <summary>The last commit that the remote acknowledged.</summary>
    public static string Acknowledged(string branch) => $"refs/remote/{branch}";

    /// <summary>The commit that was built last: without a ref it could be pruned.</summary>
    public const string Pending = "refs/w/pending";

    public static string Branch(string branch) => $"refs/heads/{branch}";

    /// <summary>The rules of <c>git check-ref-format</c>, and stricter.</summary>
    public static bool IsBranch(string branch) =>
        BranchName().IsMatch(branch) && !branch.Contains("..", StringComparison.Ordinal) && !branch.Contains("//", StringComparison.Ordinal)
        && !branch.EndsWith('/') && !branch.EndsWith('.')
        && branch.Split('/').All(part => !part.StartsWith('.') && !part.EndsWith(".lock", StringComparison.OrdinalIgnoreCase));

    public static bool IsCommit(string id) => CommitId().IsMatch(id);

    public static string RequireBranch(string branch) =>
        IsBranch(branch) ? branch : throw new StateStoreException(StoreFault.AddressRefused, "The name of the branch is not one that git takes.");

    public static string RequireCommit(string id) =>
        IsCommit(id) ? id : throw new ArgumentException("Not the full id of a commit.", nameof(id));

    [GeneratedRegex(@"\A(?![-/])[A-Za-z0-9._/+#=-]{1,244}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BranchName();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitId();
}
