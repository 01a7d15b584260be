using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>
/// The table of leases. A lease can be claimed when nobody holds it, when its time is over, or when the session of its holder is gone. A claim locks the row
/// FOR UPDATE: it skips one with which somebody is recording, and whoever wants to record with the old epoch waits for it and finds another.
/// </summary>
internal sealed class LeaseRows(NpgsqlDataSource database)
{
    /// <summary>Of a lease <c>l</c>: whether somebody other than replica $2 has it.</summary>
    public const string IsTaken = "(l.holder IS NOT NULL AND l.holder IS DISTINCT FROM $2 AND l.until >= clock_timestamp() AND replica_lives(l.holder))";

    /// <summary>
    /// Of a lease <c>l</c>, which lasts $3: whether its last visits ended with the death of their server. It is visited ever more rarely then, instead of ending one
    /// server after the other. One death says nothing.
    /// </summary>
    public const string IsShunned =
        "(l.holder IS NOT NULL AND l.attempts > 1 AND clock_timestamp() < l.until - $3 + least(300, power(2, least(l.attempts, 10))) * interval '1 second')";

    /// <summary>
    /// Of the store $1: whether its lease still has this epoch. Part of every statement by which a writer records something. The row is locked FOR KEY SHARE until the
    /// end of the transaction: renewals pass it, claims do not.
    /// </summary>
    public static string IsHeld(string epoch) => $"EXISTS (SELECT FROM store_lease WHERE state_store = $1 AND epoch = {epoch} FOR KEY SHARE)";

    /// <returns>Null if it is not to be had.</returns>
    public async Task<ClaimedLease?> ClaimAsync(string store, long replica, TimeSpan duration, Guid server, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            WITH made AS (
                INSERT INTO store_lease (state_store, holder, epoch, until, attempts)
                SELECT s.name, $2, nextval('store_epochs'), clock_timestamp() + $3, 1 FROM state_stores s
                WHERE s.name = $1 AND {StoreHomes.IsHere} AND NOT EXISTS (SELECT FROM store_lease WHERE state_store = $1)
                ON CONFLICT (state_store) DO NOTHING RETURNING epoch, attempts),
            free AS (
                SELECT l.state_store FROM store_lease l JOIN state_stores s ON s.name = l.state_store
                WHERE l.state_store = $1 AND {StoreHomes.IsHere} AND NOT {IsTaken} AND NOT {IsShunned} FOR UPDATE OF l SKIP LOCKED),
            taken AS (
                UPDATE store_lease l SET holder = $2, epoch = nextval('store_epochs'), until = clock_timestamp() + $3, attempts = l.attempts + 1
                FROM free WHERE l.state_store = free.state_store RETURNING l.epoch, l.attempts)
            SELECT epoch, attempts FROM made UNION ALL SELECT epoch, attempts FROM taken
            """);
        Add(command, store, replica, duration, server);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new ClaimedLease(reader.GetInt64(0), reader.GetInt32(1)) : null;
    }

    /// <summary>A visit came to an end, well or not: this store does not kill its writer.</summary>
    public async Task EndAttemptsAsync(StoreLease lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE store_lease SET attempts = 0 WHERE state_store = $1 AND epoch = $2");
        Add(command, lease.Store, lease.Epoch);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One statement for all that a replica holds, on the connection that its life hangs on.</summary>
    /// <returns>The stores it still has, and the time of the database.</returns>
    public static async Task<(DateTimeOffset Now, HashSet<string> Kept)> RenewAsync(
        NpgsqlConnection connection, long replica, TimeSpan duration, IReadOnlyList<StoreLease> keep, IReadOnlyList<StoreLease> release, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH seen AS (UPDATE replicas SET seen_at = clock_timestamp() WHERE id = $1),
            released AS (
                UPDATE store_lease l SET holder = NULL, attempts = 0 FROM unnest($5, $6) AS row (store, epoch)
                WHERE l.state_store = row.store AND l.epoch = row.epoch AND l.holder = $1),
            kept AS (
                UPDATE store_lease l SET until = clock_timestamp() + $2 FROM unnest($3, $4) AS row (store, epoch)
                WHERE l.state_store = row.store AND l.epoch = row.epoch AND l.holder = $1 RETURNING l.state_store)
            SELECT clock_timestamp(), ARRAY(SELECT state_store::text FROM kept)
            """, connection);
        Add(command, replica, duration, Stores(keep), Epochs(keep), Stores(release), Epochs(release));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetFieldValue<DateTimeOffset>(0), [.. reader.GetFieldValue<string[]>(1)]);
    }

    /// <summary>Everything that a replica holds.</summary>
    public async Task ReleaseAsync(long replica, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE store_lease SET holder = NULL, attempts = 0 WHERE holder = $1");
        Add(command, replica);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string[] Stores(IReadOnlyList<StoreLease> leases) => [.. leases.Select(lease => lease.Store)];

    private static long[] Epochs(IReadOnlyList<StoreLease> leases) => [.. leases.Select(lease => lease.Epoch)];

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
    }
}

/// <param name="Attempts">Claims in a row, this one included, of which none has come to the end of a visit.</param>
internal sealed record ClaimedLease(long Epoch, int Attempts);
