using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A capability that one holder wants for itself has no other holder on the cluster.</summary>
internal static class CapabilityFilter
{
    public static Rejection? Check(ClusterDecision decision, string promise, RevisionState revision)
    {
        foreach (var contest in decision.ContestsOf(revision))
        {
            if (contest.Use.Key.Capability is not { } capability || decision.Rival(contest, promise) is not { } rival) continue;
            return new Rejection(
                RuleNames.Capability, ScheduledReason.ExclusiveCapability,
                $"{promise} provides {capability}, and so does {rival.Promise} on cluster {decision.Cluster.Name}; "
                + $"{(contest.Exclusive ? promise : rival.Promise)} wants to be the only one.",
                $"{capability} is provided by {rival.Promise}", rival.Promise);
        }

        return null;
    }
}
