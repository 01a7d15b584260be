namespace Promises.Scheduling;

/// <summary>Decides cluster by cluster.</summary>
internal sealed class ClusterPlanner(FleetSnapshot snapshot, PlanMode mode)
{
    private readonly List<PinnedRevision> _matches = [];
    private readonly Queue<Row> _found = [];

    public ClusterDecision Decide(ClusterState cluster, IReadOnlySet<string>? withdrawn = null)
    {
        var decision = new ClusterDecision(snapshot, cluster, mode, withdrawn, _found);
        _matches.Clear();
        decision.Pins.Select(cluster, decision.Labels, _matches);
        decision.Begin(_matches);
        while (Members.Find(decision) || Incumbents.HoldBack(decision) || Newcomers.Admit(decision) || Incumbents.Release(decision) || Incumbents.KeepObjects(decision))
        {
            // Each of them answers whether it found something that the earlier ones have to look at again.
        }

        Reasons.Settle(decision);
        return decision;
    }
}
