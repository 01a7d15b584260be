using Promises.Model;

namespace Promises.Scheduling;

/// <summary>No two placements on a cluster define the same object.</summary>
internal static class CollisionFilter
{
    public static Rejection? Check(ClusterDecision decision, string promise, RevisionState revision)
    {
        foreach (var contest in decision.ContestsOf(revision))
        {
            if (contest.Use.Key.Capability is not null || decision.Rival(contest, promise) is not { } rival) continue;
            return new Rejection(
                RuleNames.Collision, ScheduledReason.ObjectCollision,
                $"{promise} and {rival.Promise} both define {contest.Use.Key} on cluster {decision.Cluster.Name}; {rival.Promise} has it.",
                $"{contest.Use.Key} belongs to {rival.Promise}", rival.Promise);
        }

        return null;
    }
}
