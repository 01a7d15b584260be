using Promises.Model;

namespace Promises.Scheduling;

/// <summary>One decision: a Promise on a cluster. Placements that are leaving are none.</summary>
/// <param name="Revision">The one that is, or is to be, on the cluster; of a blocked newcomer the pinned one, 0 where there is no pin.</param>
/// <param name="Delivers">Whether content is wanted on the branch. False for a blocked newcomer only.</param>
/// <param name="IncludedBy">Placed Promises that include it, sorted by ordinal.</param>
/// <param name="DependsOn">Required Promises that deliver at least one object on this cluster, sorted by ordinal.</param>
public sealed record PlacementState(
    string Promise,
    string Cluster,
    int Revision,
    PlacementOutcome Outcome,
    bool Delivers,
    ScheduledReason Reason,
    string Message,
    IReadOnlyList<string> IncludedBy,
    IReadOnlyList<string> DependsOn)
{
    /// <summary>The name the API gives it.</summary>
    public string Name => $"{Promise}.{Cluster}";

    public bool Equals(PlacementState? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Promise == other.Promise && Cluster == other.Cluster && Revision == other.Revision && Outcome == other.Outcome
            && Delivers == other.Delivers && Reason == other.Reason && Message == other.Message
            && Same(IncludedBy, other.IncludedBy) && Same(DependsOn, other.DependsOn));

    public override int GetHashCode() => HashCode.Combine(Promise, Cluster, Revision, Outcome, Reason);

    private static bool Same(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (a[i] != b[i]) return false;
        }

        return true;
    }
}
