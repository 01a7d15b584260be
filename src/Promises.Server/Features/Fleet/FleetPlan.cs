using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>What a write would do to placements: decided, measured, and the snapshot as it is afterwards.</summary>
internal sealed record FleetPlan(FleetSnapshot Before, FleetSnapshot After, IReadOnlyList<PlacementChange> Changes, Impact Impact)
{
    public static FleetPlan Of(FleetEdit edit)
    {
        var draft = edit.Draft.WithVersion(edit.Number);
        var scope = ScopeOf.Between(edit.Before, draft).Including(edit.Withdrawals.Select(pair => pair.Cluster));
        var decided = Scheduler.Plan(draft, scope, edit.Withdrawals);
        var after = draft.WithDecisions(decided);
        var changes = decided.Changes
            .Concat(OffBoarded(edit))
            .Concat(Resited(edit, after, decided))
            .OrderBy(change => change.Promise, StringComparer.Ordinal).ThenBy(change => change.Cluster, StringComparer.Ordinal)
            .ToList();
        return new FleetPlan(edit.Before, after, changes, Impact.From(changes, edit.Before, after));
    }

    /// <summary>Deleting a Promise is an operator's work until it reaches users.</summary>
    public static Failure? Forbids(WriteRequest request, FleetEdit edit, FleetPlan plan) =>
        plan.Impact.External > 0 && request.Role < Role.Admin
            && edit.Touched.Any(touched => touched is { Type: EventType.Deleted, Kind: "Promise" })
            ? new Failure.Forbidden($"Deleting this Promise touches {plan.Impact.External} clusters of external environments, which takes a token of role admin.")
            : null;

    /// <summary>The placements of clusters that leave with their files. With files=keep nothing is a removal: the cluster is no longer ours.</summary>
    private static IEnumerable<PlacementChange> OffBoarded(FleetEdit edit) =>
        edit.Before.Clusters
            .Where(cluster => edit.Touched.Contains((EventType.Deleted, "Cluster", cluster.Name)) && !edit.KeepingFiles.Contains(cluster.Name))
            .SelectMany(cluster => edit.Before.PlacementsOn(cluster.Name))
            .Select(placement => PlacementChange.Removal(placement, "cluster", $"Cluster {placement.Cluster} is deleted with its files."));

    /// <summary>Placements that no rule moves but whose files change with the place: another agent or another layout.</summary>
    private static IEnumerable<PlacementChange> Resited(FleetEdit edit, FleetSnapshot after, SchedulingResult decided)
    {
        var moved = decided.Changes.Select(change => (change.Promise, change.Cluster)).ToHashSet();
        return edit.Resited.SelectMany(after.PlacementsOn)
            .Where(placement => placement.Delivers && !moved.Contains((placement.Promise, placement.Cluster)))
            .Select(placement => PlacementChange.Rewrite(placement, "The cluster's agent, or its store's layout or address, changed."));
    }
}
