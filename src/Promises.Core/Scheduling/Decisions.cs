using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Turns what was decided of a row into a placement, and into its difference from before.</summary>
internal static class Decisions
{
    public static PlacementChange? ChangeOf(ClusterDecision decision, Row row)
    {
        var after = After(decision, row);
        if (after is null) return row.Before is null ? null : Ended(decision, row);
        if (after.Equals(row.Before)) return null;
        var (rule, _, message) = Why(decision, row);
        return new PlacementChange(row.Before, after, Kind(row.Before, after), rule, message);
    }

    public static PlacementState? After(ClusterDecision decision, Row row)
    {
        if (row is { Stays: false, Fate: not Fate.Blocked }) return null;
        if (row.Target is null && row.Incumbent) return row.Before;

        var (_, reason, message) = Why(decision, row);
        IReadOnlyList<string> includedBy = row.IncludedBy is null ? [] : row.IncludedBy;
        if (row.Fate == Fate.Blocked)
        {
            return new PlacementState(row.Promise, decision.Cluster.Name, row.Pin?.Revision.Number ?? 0, PlacementOutcome.Blocked, false, reason, message, includedBy, []);
        }

        return new PlacementState(row.Promise, decision.Cluster.Name, row.Target!.Number, Outcome(row), true, reason, message, includedBy, row.Target.Requires.Count == 0 ? [] : DependsOn(decision, row.Target));
    }

    /// <summary>The rule that decided, in the words of the condition <c>Scheduled</c>.</summary>
    public static (string Rule, ScheduledReason Reason, string Message) Why(ClusterDecision decision, Row row)
    {
        if (row is { Fate: Fate.Blocked, Rejection: { } rejection }) return (rejection.Rule, rejection.Reason!.Value, rejection.Message);
        if (row.WaitsForWord) return Awaiting(decision, row);
        if (row.Fate == Fate.Retained) return (RuleNames.Selected, ScheduledReason.Retained, With(row, Left(decision, row) + " It is kept until it is withdrawn."));
        if (row.OutOfRange) return (RuleNames.Pinned, ScheduledReason.MemberNotPinned, With(row, $"{row.Unsatisfied!.Message} It stays at revision {row.Target!.Number}."));
        if (row.Held is { } held) return (held.Rule, held.Reason!.Value, With(row, held.Message));

        var (reason, message) = row.ForAll ? (ScheduledReason.AllClusters, row.Pin!.MatchedMessage)
            : row.Selected ? (ScheduledReason.Selected, row.Pin!.MatchedMessage)
            : (ScheduledReason.Included, $"Included by {string.Join(", ", row.IncludedBy ?? [])}.");
        return (RuleNames.Selected, reason, row.Lacks is null ? message : $"{message} It stays, but {row.Lacks.Message}");
    }

    private static (string Rule, ScheduledReason Reason, string Message) Awaiting(ClusterDecision decision, Row row) => (
        RuleNames.Selected, ScheduledReason.AwaitingConfirmation,
        With(row, row.Fate == Fate.Awaiting
            ? Left(decision, row) + " Its removal awaits confirmation."
            : $"Revision {row.Pin!.Revision.Number} would take objects of {row.Promise} away from cluster {decision.Cluster.Name}; that awaits confirmation."));

    private static string With(Row row, string message)
    {
        var held = row.Held is not null && !message.StartsWith(row.Held.Message, StringComparison.Ordinal) ? " " + row.Held.Message : "";
        return message + held + (row.Lacks is null ? "" : " " + row.Lacks.Message);
    }

    /// <summary>Why nothing wants an incumbent any more.</summary>
    private static string Left(ClusterDecision decision, Row row) => row.Pin is null
        ? $"{decision.Cluster.Environment} pins no revision of {row.Promise}."
        : Texts.NotSelected(decision.Cluster, row.Pin.Revision, decision.Labels).Message;

    private static PlacementChange Ended(ClusterDecision decision, Row row) => PlacementChange.Removal(
        row.Before!, RuleNames.Selected,
        !decision.Snapshot.HasPromise(row.Promise) ? $"{row.Promise} is deleted."
        : !row.Incumbent ? $"{row.Promise} was blocked on cluster {decision.Cluster.Name} and is no longer wanted there; nothing of it is on the cluster."
        : decision.IsWithdrawn(row) ? $"{row.Promise} is withdrawn from cluster {decision.Cluster.Name}."
        : Left(decision, row) + " Its onUnmatch is Withdraw.");

    private static PlacementOutcome Outcome(Row row) =>
        row.Fate == Fate.Retained || row.WaitsForWord ? PlacementOutcome.Retained
        : row.Held is not null || row.OutOfRange ? PlacementOutcome.Blocked
        : PlacementOutcome.Placed;

    private static ChangeKind Kind(PlacementState? before, PlacementState after) => after.Outcome switch
    {
        PlacementOutcome.Blocked => ChangeKind.Block,
        _ when before is not { Delivers: true } => ChangeKind.Add,
        PlacementOutcome.Retained when before.Outcome != PlacementOutcome.Retained => ChangeKind.Retain,
        _ => ChangeKind.Update,
    };

    private static IReadOnlyList<string> DependsOn(ClusterDecision decision, RevisionState revision) =>
    [
        .. revision.Requires
            .Where(entry => decision.Find(entry.Promise) is { Stays: true, Target.Objects.Count: > 0 })
            .Select(entry => entry.Promise).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}
