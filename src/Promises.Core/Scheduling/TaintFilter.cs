using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A newcomer has to tolerate every taint of its cluster.</summary>
internal static class TaintFilter
{
    public static Rejection? Check(ClusterDecision decision, string promise, RevisionState? revision)
    {
        if (decision.Cluster.Taints.Count == 0 || Refused(decision.Cluster, revision) is not { Count: > 0 } refused) return null;
        var taints = string.Join(", ", refused.Select(Text));
        return new Rejection(
            RuleNames.Taints, null,
            $"{promise} does not tolerate {(refused.Count == 1 ? "taint" : "taints")} {taints} of cluster {decision.Cluster.Name}.", $"taint {taints}");
    }

    /// <summary>The taints that the revision does not tolerate; without a revision, all.</summary>
    public static IReadOnlyList<Taint> Refused(ClusterState cluster, RevisionState? revision) =>
        [.. cluster.Taints.Where(taint => !(revision?.Placement.Tolerations ?? []).Any(toleration => Tolerates(toleration, taint)))];

    private static bool Tolerates(Toleration toleration, Taint taint) =>
        (toleration.Key is null || toleration.Key == taint.Key) && (toleration.Exists || (toleration.Value ?? "") == taint.Value);

    private static string Text(Taint taint) => taint.Value.Length == 0 ? taint.Key : $"{taint.Key}={taint.Value}";
}
