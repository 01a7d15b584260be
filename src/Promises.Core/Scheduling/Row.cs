
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>What becomes of a Promise on a cluster.</summary>
internal enum Fate { NotPlaced, Newcomer, Blocked, Placed, Retained, Awaiting, Removed }

/// <summary>One Promise on the cluster that is being decided: what is known of it, and what is decided so far.</summary>
internal sealed class Row(string promise, PinnedRevision? pin, PlacementState? before, RevisionState? current)
{
    public string Promise { get; } = promise;

    public PinnedRevision? Pin { get; } = pin;

    public PlacementState? Before { get; } = before;

    /// <summary>The revision that an incumbent has now; null for newcomers.</summary>
    public RevisionState? Current { get; } = current;

    public bool Incumbent => Before is { Delivers: true };

    /// <summary>A resync left it for a person to end. A change that has nothing to do with it does not ask again; another revision does.</summary>
    public bool Waits => Before is { Reason: ScheduledReason.AwaitingConfirmation } && ReferenceEquals(Current, Pin?.Revision);

    public bool Selected { get; set; }

    public bool ForAll => Pin is { Revision.Placement.AllClusters: true };

    // Found anew by each pass over the members.

    /// <summary>Selected, for all clusters, or a member of something that is placed and content with its pin.</summary>
    public bool Wanted { get; set; }

    /// <summary>For all clusters, or a member of such a parent: neither cordon nor taint keeps it off.</summary>
    public bool Exempt { get; set; }

    public bool Expanded { get; set; }

    public bool Kept { get; set; }

    public bool AwaitsConfirmation { get; set; }

    public List<string>? IncludedBy { get; set; }

    /// <summary>What parents say whose range its pin is not in.</summary>
    public Rejection? Unsatisfied { get; set; }

    public Fate Fate { get; set; }

    /// <summary>Why a newcomer is blocked.</summary>
    public Rejection? Rejection { get; set; }

    /// <summary>Of an incumbent: a required Promise that is not here.</summary>
    public Rejection? Lacks { get; set; }

    // Carried from pass to pass.

    /// <summary>A blocked newcomer that others are included by: it brings no members.</summary>
    public Rejection? Barred { get; set; }

    /// <summary>Why an incumbent is not moved to its pin: somebody else has what the pinned revision newly wants.</summary>
    public Rejection? Held { get; set; }

    /// <summary>An incumbent that only parents want in whose range its pin is not.</summary>
    public bool OutOfRange { get; set; }

    /// <summary>Its pin would take objects away, which nobody confirmed.</summary>
    public bool WouldLose { get; set; }

    /// <summary>Nobody but a person can say that it may lose something, and nothing else stands in the way.</summary>
    public bool WaitsForWord => Fate == Fate.Awaiting || (WouldLose && Held is null);

    /// <summary>Once let go again, it may be barred or held once more, then for good: so deciding ends.</summary>
    public bool Released { get; set; }

    public bool Stays => Fate is Fate.Placed or Fate.Retained or Fate.Awaiting;

    /// <summary>What it has, or would have, on the cluster.</summary>
    public RevisionState? Target => Current is not null && (Held is not null || OutOfRange || WouldLose) ? Current : Pin?.Revision ?? Current;

    public void Forget()
    {
        (Wanted, Exempt, Expanded, Kept, AwaitsConfirmation) = (false, false, false, false, false);
        (IncludedBy, Unsatisfied, Rejection, Lacks, Fate) = (null, null, null, null, Fate.NotPlaced);
    }

    public static int CompareOrder(Row a, Row b) => a.Pin is null || b.Pin is null
        ? string.CompareOrdinal(a.Promise, b.Promise)
        : PinnedRevision.CompareOrder(a.Pin, b.Pin);
}
