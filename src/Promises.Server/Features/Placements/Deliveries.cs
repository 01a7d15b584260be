using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Placements;

/// <summary>How the stores of some placements fare, for those placements that wait for one.</summary>
internal static class Deliveries
{
    public static async Task<Func<Placement, StoreDelivery?>> OfAsync(
        PromisesDb database, FleetSnapshot fleet, IReadOnlyList<Placement> placements, CancellationToken cancellationToken)
    {
        var stores = placements.Select(Store).OfType<string>().Distinct().ToArray();
        var rows = await database.StoreDelivery.AsNoTracking().Where(row => stores.Contains(row.StateStore))
            .ToDictionaryAsync(row => row.StateStore, StringComparer.Ordinal, cancellationToken);
        return placement => Store(placement) is { } store ? rows.GetValueOrDefault(store) : null;

        string? Store(Placement placement) => fleet.FindCluster(placement.Cluster)?.StateStore;
    }
}
