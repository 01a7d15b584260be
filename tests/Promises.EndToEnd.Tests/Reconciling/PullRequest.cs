using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

internal enum MergeBy { Commit, Squash, FastForward, Rebase }

/// <summary>What somebody does with a branch on a Git host, by the git program.</summary>
internal static class PullRequest
{
    /// <param name="message">Of the commit that is made for it, if one is.</param>
    public static string Merge(this GitRepo repo, string branch, MergeBy by, string? message = null)
    {
        if (by == MergeBy.FastForward)
        {
            repo.In("merge-base", "--is-ancestor", "main", branch);
            repo.In("update-ref", "refs/heads/main", repo.Head(branch)!);
            return repo.Head()!;
        }

        var tree = repo.In("merge-tree", "--write-tree", "main", branch).Trim();
        string[] parents = by == MergeBy.Commit ? ["-p", "main", "-p", branch] : ["-p", "main"];
        var commit = repo.In(["-c", "user.name=Reviewer", "-c", "user.email=r@example.com", "commit-tree", tree, "-m", message ?? $"Merged by {by}", .. parents]).Trim();
        repo.In("update-ref", "refs/heads/main", commit);
        return commit;
    }

    /// <summary>The files in which a branch differs from another, with the letter of how.</summary>
    public static string[] Differs(this GitRepo repo, string from, string to) =>
        repo.In("diff", "--name-status", "--no-renames", from, to).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace('\t', ' ')).ToArray();
}
