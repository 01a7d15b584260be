namespace Promises.Server.Reconciling;

/// <summary>Who may write a store right now, for clients.</summary>
/// <param name="Holder">Host and number of the replica, as in <c>node-3/17</c>.</param>
internal sealed record LeaseStatus(string Holder, long Epoch, DateTimeOffset Until)
{
    /// <summary>Of a lease <c>l</c>: the members of this record.</summary>
    public const string Columns = "coalesce((SELECT r.host FROM replicas r WHERE r.id = l.holder), 'unknown') || '/' || l.holder, l.epoch, l.until";

    /// <summary>Of a lease <c>l</c>: whether somebody has it. Nobody does if the store is idle, or its holder has died and nobody has followed yet.</summary>
    public const string IsHeld = "(l.holder IS NOT NULL AND l.until >= clock_timestamp() AND replica_lives(l.holder))";
}
