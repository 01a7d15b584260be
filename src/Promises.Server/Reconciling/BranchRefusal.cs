using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>The branch of one cluster was refused. It is put aside, and the other branches of its store go on.</summary>
/// <param name="Failures">How often in a row, this time included.</param>
/// <param name="Wait">How long to leave it alone, unless something changes.</param>
internal sealed record BranchRefusal(string Cluster, int Failures, TimeSpan Wait, string Reason, string Message)
{
    /// <summary>Whether it is about this branch and not about the repository.</summary>
    public static bool IsOne(PushResult result) => result is { IsOnBranch: false, IsAboutBranch: true };

    public static BranchRefusal Of(BranchWork branch, PushResult result, Random random)
    {
        var (cluster, failure) = (branch.Clusters[0], StoreSyncException.From(result));
        var failures = cluster.Delivery.Failures + 1;
        return new BranchRefusal(
            cluster.Cluster.Name, failures, Backoff.After(failures, failure.IsPermanent, random), failure.Reason, $"Branch {branch.Name}: {failure.Message}");
    }
}
