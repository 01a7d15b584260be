using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>Sentences for people that several rules share.</summary>
internal static class Texts
{
    public static Rejection MemberNotPinned(ClusterState cluster, Row member, string parent, PromiseReference entry)
    {
        var range = entry.Range is null ? "" : $" {entry.Range}";
        var found = member.Pin is not { Revision: var pinned } ? $"{cluster.Environment} pins no revision of {member.Promise}"
            : pinned.Version is null ? $"revision {pinned.Number}, pinned in {cluster.Environment}, has no version"
            : $"{cluster.Environment} pins {pinned.Version.ToNormalizedString()}";
        return new Rejection(
            RuleNames.Pinned, ScheduledReason.MemberNotPinned, $"{parent} includes {member.Promise}{range} on cluster {cluster.Name}; {found}.",
            member.Pin is null ? $"no revision in {cluster.Environment}" : $"not{range} in {cluster.Environment}", parent);
    }

    public static Rejection Held(ClusterState cluster, Row row, ClaimKey claim, Row winner)
    {
        var (verb, rule, reason) = claim.Capability is null
            ? ("defines", RuleNames.Collision, ScheduledReason.ObjectCollision)
            : ("provides", RuleNames.Capability, ScheduledReason.ExclusiveCapability);
        return new Rejection(
            rule, reason,
            $"{row.Promise} stays at revision {row.Current!.Number} on cluster {cluster.Name}: revision {row.Pin!.Revision.Number} {verb} {claim}, which {winner.Promise} has there.",
            $"{claim} belongs to {winner.Promise}", winner.Promise);
    }

    /// <summary>Why a revision is not for a cluster, by its own rule.</summary>
    public static Rejection NotSelected(ClusterState cluster, RevisionState revision, EffectiveLabels labels)
    {
        if (revision.Placement.Selector is not { } selector)
        {
            return new Rejection(
                RuleNames.Selected, null, $"{revision.Promise} is only placed where another Promise includes it; none on cluster {cluster.Name} does.", "not included");
        }

        var missed = LabelSelectors.Explain(selector, labels).Where(clause => !clause.Passed).ToList();
        var found = string.Join(", ", missed.Select(clause => (clause.Key, clause.Found)).Distinct()
            .Select(label => label.Found is null ? $"no label {label.Key}" : $"{label.Key}={label.Found}"));
        var first = missed[0];
        return new Rejection(
            RuleNames.Selected, null, $"{revision.Promise} needs {string.Join(" and ", missed.Select(clause => clause.Text))}; cluster {cluster.Name} has {found}.",
            first.Found is null ? $"label {first.Key} is missing" : $"label {first.Key} is {(first.Found.Length == 0 ? "empty" : first.Found)}");
    }
}
