using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Placements;

/// <summary>Placements by name, in any order, for those who know which ones they want.</summary>
internal static class NamedPlacements
{
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        PromisesDb database, FleetState fleet, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var snapshot = await fleet.ReadAsync(database, cancellationToken);
        var rows = await database.Placements.AsNoTracking().Where(row => names.Contains(row.Name)).ToListAsync(cancellationToken);
        var deliveries = await Deliveries.OfAsync(database, snapshot, rows, cancellationToken);
        return [.. rows.Select(row => PlacementView.Of(row, snapshot, deliveries(row)))];
    }
}
