namespace Promises.Model;

/// <summary>How a (Promise, cluster) pair was decided. <c>NotPlaced</c> never makes a row.</summary>
public enum PlacementOutcome { Placed, Retained, Blocked, NotPlaced }

/// <summary>Why, in one word: the reason of the condition <c>Scheduled</c>.</summary>
public enum ScheduledReason
{
    Selected, AllClusters, Included, Retained, AwaitingConfirmation,
    RequirementMissing, ExclusiveCapability, ObjectCollision, MemberNotPinned,
}

/// <summary>
/// One Promise on one cluster. The decision columns are written with the fleet lock held; the written columns only by the reconciler
/// that owns the cluster's state store.
/// </summary>
public sealed class Placement
{
    private Placement() { }

    public string Promise { get; private set; } = "";

    public string Cluster { get; private set; } = "";

    /// <summary><c>promise.cluster</c>; computed by the database, so that lists are in its order.</summary>
    public string Name { get; private set; } = "";

    public string Environment { get; private set; } = "";

    public Guid Uid { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public long ResourceVersion { get; private set; }

    /// <summary>Counts decisions that changed something.</summary>
    public long Generation { get; private set; }

    /// <summary>The revision that is, or is to be, on the cluster; of a blocked newcomer, the pinned one.</summary>
    public int Revision { get; private set; }

    public PlacementOutcome Outcome { get; private set; }

    /// <summary>Whether content is wanted on the branch. False for a blocked newcomer; true for an incumbent whose update is blocked.</summary>
    public bool Delivers { get; private set; }

    public ScheduledReason Reason { get; private set; }

    public string Message { get; private set; } = "";

    public string[] IncludedBy { get; private set; } = [];

    /// <summary>Required Promises that have a child file on this cluster: the <c>dependsOn</c> of the flux child.</summary>
    public string[] DependsOn { get; private set; } = [];

    /// <summary>Digest of what is wanted on the branch; null if nothing is.</summary>
    public string? Digest { get; private set; }

    /// <summary>When the status of the condition <c>Scheduled</c> last changed.</summary>
    public DateTimeOffset ScheduledAt { get; private set; }

    /// <summary>Withdrawn; the row stays until its files are off the branch.</summary>
    public bool Leaving { get; private set; }

    /// <summary>Digest of what is on the branch; null if nothing is. The placement is up to date where it equals <see cref="Digest"/>.</summary>
    public string? WrittenDigest { get; private set; }

    /// <summary>Digest of what an open proposal holds of it, empty where that is its removal; null if none holds it.</summary>
    public string? ProposedDigest { get; private set; }

    /// <summary>The revision whose content is on the branch; null if nothing is.</summary>
    public int? WrittenRevision { get; private set; }

    /// <summary>Key of the <see cref="FileManifest"/> that lists the files on the branch, relative to the cluster's path.</summary>
    public string? WrittenManifest { get; private set; }

    /// <summary>Git blob id of the flux child on the branch; null if there is none.</summary>
    public string? WrittenChild { get; private set; }

    public string? Commit { get; private set; }

    /// <summary>When the status of the condition <c>Written</c> last changed.</summary>
    public DateTimeOffset? WrittenAt { get; private set; }

    /// <summary>Why its files cannot be written, in CamelCase; null where nothing is wrong with them.</summary>
    public string? StalledReason { get; private set; }

    public string? StalledMessage { get; private set; }
}

/// <summary>Files on a branch as relative path to git blob id, stored once however many placements share them.</summary>
public sealed class FileManifest
{
    private FileManifest() { }

    /// <summary><c>sha256:</c> over the canonical JSON of <see cref="Files"/>.</summary>
    public string Digest { get; private set; } = "";

    public IReadOnlyDictionary<string, string> Files { get; private set; } = new Dictionary<string, string>();
}
