using Microsoft.EntityFrameworkCore;
using Promises.Data;

namespace Promises.Server.Reconciling;

/// <summary>Who may write a store right now, for clients.</summary>
/// <param name="Holder">Host and number of the replica, as in <c>node-3/17</c>.</param>
internal sealed record LeaseStatus(string Holder, long Epoch, DateTimeOffset Until)
{
    /// <returns>Null if nobody holds it: the store is idle, or its holder has died and nobody has followed yet.</returns>
    public static async Task<LeaseStatus?> ReadAsync(PromisesDb database, string store, CancellationToken cancellationToken)
    {
        var rows = await database.Database.SqlQuery<LeaseStatus>(
            $"""
            SELECT coalesce((SELECT r.host FROM replicas r WHERE r.id = l.holder), 'unknown') || '/' || l.holder AS "Holder", l.epoch AS "Epoch", l.until AS "Until"
            FROM store_lease l WHERE l.state_store = {store} AND l.holder IS NOT NULL AND l.until >= clock_timestamp() AND replica_lives(l.holder)
            """).ToListAsync(cancellationToken);
        return rows.SingleOrDefault();
    }
}
