using Promises.Environments;
using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>Asks every rule about a pair, on top of what is decided of the cluster.</summary>
internal sealed class Judge(FleetSnapshot snapshot)
{
    // Nothing may end by being asked about: what waits for confirmation is shown as it is.
    private readonly ClusterPlanner _planner = new(snapshot, PlanMode.Resync);
    private ClusterDecision? _last;

    public Judgement Of(string promise, ClusterState cluster)
    {
        if (_last is null || !ReferenceEquals(_last.Cluster, cluster)) _last = _planner.Decide(cluster);
        var decision = _last;
        var row = decision.Find(promise) ?? new Row(promise, decision.Pins.Find(promise), null, null);
        var judged = row.Pin?.Revision ?? PinBelow(cluster.Environment, promise);
        var misses = new[] { Pinned(decision, row), Selected(decision, row, judged) }
            .Concat(Admission(decision, row, judged))
            .Concat(Content(decision, row, judged))
            .OfType<Rejection>().ToList();
        var clauses = judged?.Placement.Selector is { } selector ? LabelSelectors.Explain(selector, decision.Labels) : [];
        return new Judgement(decision, row, judged, Outcome(decision, row), misses, clauses);
    }

    private static PlacementOutcome Outcome(ClusterDecision decision, Row row) => Decisions.After(decision, row)?.Outcome ?? PlacementOutcome.NotPlaced;

    private RevisionState? PinBelow(string environment, string promise) =>
        Ladder.StepTo(snapshot, environment, promise) is { } step ? snapshot.FindRevision(promise, snapshot.PinsOf(step.From.Name)[promise]) : null;

    private static Rejection? Pinned(ClusterDecision decision, Row row)
    {
        if (!row.Wanted && row.Unsatisfied is { } unsatisfied) return unsatisfied;
        var environment = decision.Cluster.Environment;
        return row.Pin is not null
            ? null
            : new Rejection(
                RuleNames.Pinned, null, $"{environment} pins no revision of {row.Promise}; cluster {decision.Cluster.Name} is in {environment}.", $"no revision in {environment}");
    }

    private static Rejection? Selected(ClusterDecision decision, Row row, RevisionState? judged)
    {
        if (row.Wanted || row.Unsatisfied is not null) return null;
        if (judged is null) return new Rejection(RuleNames.Selected, null, $"No rung below {decision.Cluster.Environment} pins {row.Promise} either.", "no revision");
        return judged.Placement.AllClusters || LabelSelectors.Matches(judged.Placement.Selector, decision.Labels)
            ? null
            : Texts.NotSelected(decision.Cluster, judged, decision.Labels);
    }

    private static IEnumerable<Rejection?> Admission(ClusterDecision decision, Row row, RevisionState? judged)
    {
        if (row.Incumbent || row.Exempt || judged is { Placement.AllClusters: true }) return [];
        return [CordonFilter.Check(decision, row.Promise), judged is null ? null : TaintFilter.Check(decision, row.Promise, judged)];
    }

    private static IEnumerable<Rejection?> Content(ClusterDecision decision, Row row, RevisionState? judged)
    {
        if (judged is null) yield break;
        yield return RequirementFilter.Check(decision, row.Promise, judged);
        // The reason it was decided by may be that of an earlier moment of the same decision; it goes first.
        var stated = row.Held ?? row.Rejection;
        yield return stated is { Rule: RuleNames.Capability } ? stated : CapabilityFilter.Check(decision, row.Promise, judged);
        yield return stated is { Rule: RuleNames.Collision } ? stated : CollisionFilter.Check(decision, row.Promise, judged);
    }
}
