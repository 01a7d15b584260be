using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>What a write would do to placements: decided, measured, and the snapshot as it is afterwards.</summary>
internal sealed record FleetPlan(FleetSnapshot Before, FleetSnapshot After, IReadOnlyList<PlacementChange> Changes, Impact Impact)
{
    public static FleetPlan Of(FleetEdit edit)
    {
        var draft = edit.Draft.WithVersion(edit.Number);
        var scope = edit.Resync ? Scope.Everything : ScopeOf.Between(edit.Before, draft);
        if (scope is Scope.Some some && edit.Withdrawals.Count > 0) scope = Scope.Of(some.Clusters.Union(edit.Withdrawals.Select(withdrawal => withdrawal.Cluster)));

        var decided = Scheduler.Plan(draft, scope, edit.Resync ? PlanMode.Resync : PlanMode.Deliberate, edit.Withdrawals);
        var after = draft.WithDecisions(decided);
        var rewritten = Rewritten(edit, after, decided).ToList();
        var all = rewritten.Count == 0 ? decided : new SchedulingResult(
            [.. decided.Changes.Concat(rewritten).OrderBy(change => change.Promise, StringComparer.Ordinal).ThenBy(change => change.Cluster, StringComparer.Ordinal)]);
        return new FleetPlan(edit.Before, after, all.Changes, Impact.From(all, edit.Before, after));
    }

    public IEnumerable<PinState> MovedPins => After.Ladder.SelectMany(rung => After.PinsOf(rung.Name)
        .Where(pin => Before.PinsOf(rung.Name).GetValueOrDefault(pin.Key) != pin.Value)
        .Select(pin => new PinState(rung.Name, pin.Key, pin.Value)));

    /// <summary>Deleting a Promise is an operator's work until it reaches users.</summary>
    public static Failure? Forbids(WriteRequest request, FleetEdit edit, FleetPlan plan) =>
        plan.Impact.External > 0 && request.Role < Role.Admin
            && edit.Touched.Any(touched => touched is { Type: EventType.Deleted, Kind: "Promise" })
            ? new Failure.Forbidden($"Deleting this Promise touches {plan.Impact.External} clusters of external environments, which takes a token of role admin.")
            : null;

    private static bool WritesAnew(FleetEdit edit, FleetSnapshot after, PlacementState placement) =>
        DecisionWriter.WantedDigest(edit.Before, placement) is var before && DecisionWriter.WantedDigest(after, placement) is { } wanted
        && (wanted != before || edit.MovedStores.Contains(after.FindCluster(placement.Cluster)!.StateStore));

    /// <summary>Placements that no rule moves but whose files change with the place: another agent, or another layout or address of the store.</summary>
    private static IEnumerable<PlacementChange> Rewritten(FleetEdit edit, FleetSnapshot after, SchedulingResult decided)
    {
        if (edit.Resited.Count == 0) return [];
        var moved = decided.Changes.Select(change => (change.Promise, change.Cluster)).ToHashSet();
        return edit.Resited.SelectMany(after.PlacementsOn)
            .Where(placement => placement.Delivers && !moved.Contains((placement.Promise, placement.Cluster)))
            .Where(placement => edit.Resync || WritesAnew(edit, after, placement))
            .Select(placement => new PlacementChange(
                placement, placement, ChangeKind.Update, RuleNames.Selected, "The cluster's agent, or its store's layout or address, changed."));
    }
}
