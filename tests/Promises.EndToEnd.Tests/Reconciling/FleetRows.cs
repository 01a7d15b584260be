using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Server.Features.Placements;
using Promises.Server.Reconciling;

namespace Promises.Server.Tests.Reconciling;

/// <summary>The rows of a fleet: what they say, and what is done to them by hand.</summary>
internal static class FleetRows
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static async Task<Placement?> PlacementAsync(this DeliveryFleet fleet, string promise, string cluster)
    {
        await using var database = fleet.Open();
        return await database.Placements.AsNoTracking().SingleOrDefaultAsync(p => p.Promise == promise && p.Cluster == cluster, None);
    }

    public static async Task<string> StateAsync(this DeliveryFleet fleet, string promise, string cluster) =>
        await fleet.PlacementAsync(promise, cluster) is { } placement
            ? PlacementStates.Of(placement, onHold: (await fleet.HoldsAsync()).Any(hold => hold.Phase == HoldPhase.Held)) : "";

    public static async Task<ClusterDelivery?> ClusterAsync(this DeliveryFleet fleet, string name)
    {
        await using var database = fleet.Open();
        return await database.ClusterDelivery.AsNoTracking().SingleOrDefaultAsync(d => d.Cluster == name, None);
    }

    public static async Task<Proposal?> ProposalAsync(this DeliveryFleet fleet, string environment = "ops")
    {
        await using var database = fleet.Open();
        return await database.Proposals.AsNoTracking().SingleOrDefaultAsync(p => p.Environment == environment, None);
    }

    public static async Task<StoreDelivery?> DeliveryAsync(this DeliveryFleet fleet)
    {
        await using var database = fleet.Open();
        return await database.StoreDelivery.AsNoTracking().SingleOrDefaultAsync(None);
    }

    public static async Task<StoreStatus> StatusAsync(this DeliveryFleet fleet)
    {
        await using var database = fleet.Open();
        return await StoreStatusReader.ReadAsync(database, fleet.Store, None);
    }

    public static async Task<(long? Holder, long Epoch, DateTimeOffset Until, int Attempts)> LeaseAsync(this DeliveryFleet fleet)
    {
        await using var command = fleet.Database.CreateCommand("SELECT holder, epoch, until, attempts FROM store_lease WHERE state_store = 'fleet'");
        await using var reader = await command.ExecuteReaderAsync(None);
        await reader.ReadAsync(None);
        return (reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3));
    }

    public static async Task<ChangeStore[]> ChangesAsync(this DeliveryFleet fleet)
    {
        await using var database = fleet.Open();
        return await database.ChangeStores.AsNoTracking().OrderBy(c => c.Change).ToArrayAsync(None);
    }

    public static async Task<ChangeBranch[]> CommitsAsync(this DeliveryFleet fleet, long change)
    {
        await using var database = fleet.Open();
        return await database.ChangeBranches.AsNoTracking().Where(row => row.Change == change).OrderBy(row => row.Cluster).ToArrayAsync(None);
    }

    /// <summary>By number.</summary>
    public static async Task<IReadOnlyList<Hold>> HoldsAsync(this DeliveryFleet fleet)
    {
        await using var database = fleet.Open();
        return await database.Holds.AsNoTracking().OrderBy(hold => hold.Number).ToListAsync(None);
    }

    public static async Task<int> RowsAsync(this DeliveryFleet fleet, string table)
    {
        await using var command = fleet.Database.CreateCommand($"SELECT count(*)::int FROM {table}");
        return (int)(await command.ExecuteScalarAsync(None))!;
    }

    public static async Task<DateTimeOffset> NowAsync(this DeliveryFleet fleet) => new(await fleet.ScalarAsync<DateTime>("SELECT clock_timestamp()"));

    public static async Task RunAsync(this DeliveryFleet fleet, string sql)
    {
        await using var command = fleet.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(None);
    }

    public static async Task<T> ScalarAsync<T>(this DeliveryFleet fleet, string sql)
    {
        await using var command = fleet.Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(None))!;
    }
}
