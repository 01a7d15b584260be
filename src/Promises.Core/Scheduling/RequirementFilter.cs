using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Every required Promise has to be on the cluster in this same plan, in the range.</summary>
internal static class RequirementFilter
{
    /// <param name="bringsMembers">Take as given what the revision itself includes: the question is whether anything else stands in its way.</param>
    public static Rejection? Check(ClusterDecision decision, string promise, RevisionState revision, bool bringsMembers = false)
    {
        foreach (var entry in revision.Requires)
        {
            var required = decision.Find(entry.Promise);
            if (required is { Stays: true, Target: { } target } && target.Satisfies(entry.Range)) continue;
            if (bringsMembers && revision.Includes.Any(member => member.Promise == entry.Promise)) continue;

            var name = entry.Promise + (entry.Range is null ? "" : $" {entry.Range}");
            return new Rejection(
                RuleNames.Requires, ScheduledReason.RequirementMissing,
                $"{promise} requires {name}; {Found(decision, entry.Promise, required)}", $"{name} is missing", entry.Promise);
        }

        return null;
    }

    private static string Found(ClusterDecision decision, string promise, Row? required) => required switch
    {
        { Stays: true, Target: { Version: { } version } } => $"cluster {decision.Cluster.Name} has {promise} {version.ToNormalizedString()}.",
        { Stays: true, Target: { } target } => $"cluster {decision.Cluster.Name} has {promise} revision {target.Number}, which has no version.",
        { Fate: Fate.Blocked } => $"{promise} is blocked there.",
        _ => $"{promise} is not on cluster {decision.Cluster.Name}.",
    };
}
