using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>How far the branch of a store is, for clients.</summary>
/// <param name="PendingClusters">Clusters whose directory is behind, leaving ones too. 0: the branch reflects every accepted change.</param>
/// <param name="Ready">True, False or Unknown.</param>
internal sealed record StoreStatus(
    string? LastCommit, int PendingClusters, DateTimeOffset? NextTry, string Ready, string Reason, string Message, DateTimeOffset? TransitionAt);

internal static class StoreStatusReader
{
    public static async Task<StoreStatus> ReadAsync(PromisesDb database, StateStore store, CancellationToken cancellationToken)
    {
        var pending = await database.ClusterDelivery.CountAsync(row => row.StateStore == store.Name && row.WantedVersion > row.WrittenVersion, cancellationToken);
        var row = await database.StoreDelivery.AsNoTracking().SingleOrDefaultAsync(delivery => delivery.StateStore == store.Name, cancellationToken);
        var retry = await database.ClusterDelivery.Where(cluster => cluster.StateStore == store.Name && cluster.Failures > 0).MinAsync(cluster => cluster.NextTry, cancellationToken);
        return row switch
        {
            { Failures: > 0 } => new StoreStatus(row.Head, pending, row.NextTry ?? retry, "False", row.Reason, row.Message, row.TransitionAt),
            { TransitionAt: not null } => new StoreStatus(row.Head, pending, null, "True", row.Reason, row.Message, row.TransitionAt),
            _ => new StoreStatus(row?.Head, pending, null, "Unknown", "NotWritten", "Nothing was written to it yet.", store.CreatedAt),
        };
    }
}
