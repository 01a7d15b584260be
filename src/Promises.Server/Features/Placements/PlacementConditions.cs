using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Server.Http;
using Promises.Server.Reconciling;

namespace Promises.Server.Features.Placements;

/// <summary>Scheduled is the scheduler's, Written the reconciler's; Ready is computed from both and stored nowhere.</summary>
internal static class PlacementConditions
{
    public static JsonArray Of(Placement placement, Delivery delivery)
    {
        var scheduled = placement is { Outcome: not PlacementOutcome.Blocked, Leaving: false };
        var written = Written(placement, delivery);
        var ready = scheduled && written.Status == "True";
        var (scheduledAt, writtenAt) = (placement.ScheduledAt, placement.WrittenAt ?? placement.ScheduledAt);
        var (reason, message) = ready ? ("Written", "What is wanted is on the branch.")
            : scheduled || placement.Leaving ? (written.Reason, written.Message)
            : (placement.Reason.ToString(), placement.Message);
        return
        [
            placement.Leaving
                ? Condition("Scheduled", "False", "Withdrawn", "It was withdrawn; its files are being removed.", placement.ScheduledAt, placement)
                : Condition("Scheduled", scheduled ? "True" : "False", placement.Reason.ToString(), placement.Message, placement.ScheduledAt, placement),
            Condition("Written", written.Status, written.Reason, written.Message, writtenAt, placement),
            Condition("Ready", ready ? "True" : "False", reason, message, ReadyAt(scheduled, written.Status == "True", scheduledAt, writtenAt), placement),
        ];
    }

    /// <summary>It turns true with the later of the two, and false with the earlier.</summary>
    private static DateTimeOffset ReadyAt(bool scheduled, bool written, DateTimeOffset scheduledAt, DateTimeOffset writtenAt) => (scheduled, written) switch
    {
        (true, true) => scheduledAt > writtenAt ? scheduledAt : writtenAt,
        (true, false) => writtenAt,
        (false, true) => scheduledAt,
        _ => scheduledAt < writtenAt ? scheduledAt : writtenAt,
    };

    private static (string Status, string Reason, string Message) Written(Placement placement, Delivery delivery)
    {
        if (delivery.Hold is { } hold && PlacementStates.Waits(placement)) return ("False", PlacementStates.Held, HoldBook.Waiting(Hold.NameOf(hold.Number), hold.Message));
        var store = delivery.Store;
        if (placement.StalledReason is not null) return ("False", placement.StalledReason, placement.StalledMessage ?? "");
        if (placement.Leaving) return ("False", "Removing", Waiting("Its files are still on the branch", store));
        if (PlacementStates.IsProposed(placement) && store is not { Failures: > 0 })
            return ("False", PlacementStates.Proposed, $"It is on the branch {Proposal.BranchOf(placement.Environment)} and waits to be merged.");
        if (placement.Digest != placement.WrittenDigest) return ("False", store is { Failures: > 0 } ? store.Reason : "Pending", Waiting("The commit follows", store));
        if (placement.Digest is null)
            return placement.Delivers ? ("True", "NothingToWrite", "It has no objects.") : ("False", "NotScheduled", "Nothing is wanted on the branch.");
        return ("True", "Committed", placement.Commit is null ? "On the branch." : $"On the branch since commit {placement.Commit}.");
    }

    private static string Waiting(string what, StoreDelivery? store) => store is not { Failures: > 0 }
        ? $"{what}."
        : $"{what}: {store.Message} Tries that failed: {store.Failures}; the next is {(store.NextTry is null ? "due" : "at " + ApiJson.Time(store.NextTry.Value))}.";

    private static JsonObject Condition(string type, string status, string reason, string message, DateTimeOffset? transition, Placement placement) =>
        ObjectView.Condition(type, status, reason, message, transition, placement.Generation);
}
