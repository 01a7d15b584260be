using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>What every rule says of one pair.</summary>
/// <param name="Judged">The revision the rules looked at: the pinned one, or where there is none that of the nearest rung below.</param>
/// <param name="Misses">The rules that do not pass, in order.</param>
internal sealed record Judgement(
    ClusterDecision Decision,
    Row Row,
    RevisionState? Judged,
    PlacementOutcome Outcome,
    IReadOnlyList<Rejection> Misses,
    IReadOnlyList<SelectorClause> Clauses)
{
    public ClusterState Cluster => Decision.Cluster;

    public Rejection? First => Misses.Count == 0 ? null : Misses[0];

    /// <summary>Whether something of it is on the cluster.</summary>
    public bool Takes => Row.Stays;
}
