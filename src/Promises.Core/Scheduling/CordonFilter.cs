namespace Promises.Scheduling;

/// <summary>A cordoned cluster takes no newcomers.</summary>
internal static class CordonFilter
{
    public static Rejection? Check(ClusterDecision decision, string promise) => decision.Cluster.Cordoned
        ? new Rejection(RuleNames.Cordon, null, $"Cluster {decision.Cluster.Name} is cordoned; {promise} would be new there.", "cordoned")
        : null;
}
