using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>Wishes that a store be looked at and written now. They lie in the database, so that they reach whoever writes the store.</summary>
internal sealed class SyncRequests(NpgsqlDataSource database, Deliveries deliveries, DeliveryNotices notices, TimeProvider time)
{
    /// <summary>The wait of a failing store ends. How long the next one is does not change by it.</summary>
    public async Task MakeAsync(string store, CancellationToken cancellationToken)
    {
        // A batch is a transaction.
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            INSERT INTO store_delivery (state_store, reflected_version, failures, reason, message, sync_wanted_at)
            SELECT name, 0, 0, '', '', $2 FROM state_stores WHERE name = $1
            ON CONFLICT (state_store) DO UPDATE SET sync_wanted_at = excluded.sync_wanted_at, next_try = NULL
            """)
        { Parameters = { new() { Value = store }, new() { Value = time.GetUtcNow() } } });
        notices.Send(batch, [store]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        deliveries.Nudge([store]);
    }

    /// <summary>Before the visit begins, so that who asks while it lasts gets another.</summary>
    public async Task TakeAsync(string store, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE store_delivery SET sync_wanted_at = NULL WHERE state_store = $1") { Parameters = { new() { Value = store } } });
        // Branches that were refused wait for themselves, and whatever step of the visit reads what there is to do has to find them due.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE cluster_delivery SET next_try = $2 WHERE state_store = $1 AND failures > 0 AND next_try > $2")
        {
            Parameters = { new() { Value = store }, new() { Value = time.GetUtcNow() } },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
