using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Promises.Server.Reconciling;

/// <summary>Which stores have something to do, and when a failing one is tried again.</summary>
internal sealed class StoreSchedule(NpgsqlDataSource database, TimeProvider time, Random random)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _failedAt = new(StringComparer.Ordinal);

    /// <summary>Stores that are behind, failing ones too.</summary>
    public async Task<IReadOnlyList<string>> BehindAsync(CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        LeavingPromises.Remove(batch);
        batch.BatchCommands.Add(new(
            """
            SELECT s.name FROM state_stores s
            WHERE EXISTS (SELECT FROM cluster_delivery d WHERE d.state_store = s.name AND d.wanted_version > d.written_version)
               OR EXISTS (SELECT FROM store_delivery d WHERE d.state_store = s.name AND d.intent_commit IS NOT NULL)
               OR EXISTS (SELECT FROM change_stores c WHERE c.state_store = s.name AND NOT c.settled)
            ORDER BY s.name
            """));
        var stores = new List<string>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) stores.Add(reader.GetString(0));
        return stores;
    }

    /// <summary>How long to leave the store alone; null if it is due. An edit of the store or of its credential since it failed ends the wait.</summary>
    public async Task<TimeSpan?> WaitAsync(string store, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            SELECT d.next_try FROM store_delivery d
            JOIN state_stores s ON s.name = d.state_store
            LEFT JOIN changes e ON e.number = s.resource_version
            LEFT JOIN credentials c ON c.name = s.credential_name
            WHERE d.state_store = $1 AND d.failures > 0 AND d.next_try > $2
              AND coalesce(greatest(c.updated_at, e.at) <= coalesce($3, d.failing_since), true)
            """);
        command.Parameters.Add(new() { Value = store });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = _failedAt.TryGetValue(store, out var at) ? at : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime next ? next - now.UtcDateTime : null;
    }

    /// <returns>How long to wait before the next try.</returns>
    public async Task<TimeSpan> FailedAsync(string store, StoreSyncException failure, CancellationToken cancellationToken)
    {
        var now = _failedAt[store] = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var count = new NpgsqlCommand(
            """
            INSERT INTO store_delivery AS d (state_store, reflected_version, failures, failing_since, reason, message, transition_at)
            SELECT name, 0, 1, $2, $3, $4, $2 FROM state_stores WHERE name = $1
            ON CONFLICT (state_store) DO UPDATE SET failures = d.failures + 1, failing_since = coalesce(d.failing_since, $2), reason = $3, message = $4,
                transition_at = CASE WHEN d.failures = 0 OR d.transition_at IS NULL THEN $2 ELSE d.transition_at END
            RETURNING failures
            """, connection);
        count.Parameters.Add(new() { Value = store });
        count.Parameters.Add(new() { Value = now });
        count.Parameters.Add(new() { Value = failure.Reason });
        count.Parameters.Add(new() { Value = failure.Message });
        var failures = await count.ExecuteScalarAsync(cancellationToken) as int? ?? 1;

        var wait = Backoff.After(failures, failure.IsPermanent, random);
        await using var next = new NpgsqlCommand("UPDATE store_delivery SET next_try = $2 WHERE state_store = $1", connection);
        next.Parameters.Add(new() { Value = store });
        next.Parameters.Add(new() { Value = now + wait });
        await next.ExecuteNonQueryAsync(cancellationToken);
        return wait;
    }
}
