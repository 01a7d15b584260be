using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Placements;

/// <summary>How the store of a placement fares.</summary>
/// <param name="Store">Null while nothing was written to it.</param>
/// <param name="Hold">What is on hold there; null if nothing is.</param>
internal sealed record Delivery(StoreDelivery? Store, ActiveHold? Hold);

internal sealed record ActiveHold(long Number, string StateStore, string Message);

/// <summary>How the stores of some placements fare, for those placements that wait for one.</summary>
internal static class Deliveries
{
    public static async Task<Func<Placement, Delivery>> OfAsync(
        PromisesDb database, FleetSnapshot fleet, IReadOnlyList<Placement> placements, CancellationToken cancellationToken)
    {
        // A cluster that is leaving is in no snapshot any more.
        var unknown = placements.Select(placement => placement.Cluster).Where(cluster => fleet.FindCluster(cluster) is null).Distinct().ToArray();
        var leaving = unknown.Length == 0
            ? []
            : await database.Clusters.AsNoTracking().Where(cluster => unknown.Contains(cluster.Name)).ToDictionaryAsync(cluster => cluster.Name, cluster => cluster.StateStore, cancellationToken);

        var stores = placements.Select(Store).OfType<string>().Distinct().ToArray();
        var rows = await database.StoreDelivery.AsNoTracking().Where(row => stores.Contains(row.StateStore))
            .ToDictionaryAsync(row => row.StateStore, StringComparer.Ordinal, cancellationToken);
        var holds = await database.Holds.Where(hold => hold.Phase == HoldPhase.Held && stores.Contains(hold.StateStore))
            .Select(hold => new ActiveHold(hold.Number, hold.StateStore, hold.Message)).ToDictionaryAsync(hold => hold.StateStore, StringComparer.Ordinal, cancellationToken);
        return placement => Store(placement) is { } store ? new Delivery(rows.GetValueOrDefault(store), holds.GetValueOrDefault(store)) : new Delivery(null, null);

        string? Store(Placement placement) => fleet.FindCluster(placement.Cluster)?.StateStore ?? leaving.GetValueOrDefault(placement.Cluster);
    }
}
