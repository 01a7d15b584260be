using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>The writer's side of the holds: makes one, keeps it up to date while nobody decides, and ends it when its reason is gone.</summary>
internal sealed partial class HoldBook(NpgsqlDataSource database, IDbContextFactory<PromisesDb> databases, TimeProvider time, ILogger<HoldBook> log)
{
    public static string Waiting(string name, string message) => $"Hold {name} waits for a decision: {message}";

    public static string Discarded(Hold hold) =>
        $"Hold {hold.Name} was discarded by {hold.By}: {hold.Note} What it held back is looked at again with the next change for this store, or when the branch moves.";

    /// <returns>The number of the hold.</returns>
    public async Task<long> HoldAsync(StoreWork work, DeliveryPlan plan, HoldCase found, CancellationToken cancellationToken)
    {
        var active = work.Holds.FirstOrDefault(hold => hold.Phase == HoldPhase.Held);
        if (active is not null && active.Digest == found.Digest && active.Tip == plan.Base) return active.Number;

        var (impact, external) = await HoldImpact.OfAsync(databases, work, plan, found, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // Who decided meanwhile decided about what was there; this is another one then.
        var number = await WriteAsync(
            connection,
            """
            UPDATE holds SET reason = $2, message = $3, impact = $4, external = $5, digest = $6, items = $7, branch_version = $9, tip = $10,
                generation = generation + 1, resource_version = greatest(resource_version, $8)
            WHERE state_store = $1 AND phase = 'Held' RETURNING number
            """, null);
        if (number is null)
        {
            number = await WriteAsync(
                connection,
                """
                INSERT INTO holds (state_store, reason, message, impact, external, digest, items, version, branch_version, tip, uid, at, generation, resource_version, phase, settled)
                SELECT name, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $8, 'Held', false FROM state_stores WHERE name = $1
                RETURNING number
                """, time.GetUtcNow());
            LogHeld(work.Store.Name, Hold.NameOf(number ?? 0), found.Reason, found.Message);
        }

        return number ?? throw new StoreSyncException("Held", "The store was deleted meanwhile.", permanent: false);

        async Task<long?> WriteAsync(NpgsqlConnection connection, string sql, DateTimeOffset? at)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in new object[] { work.Store.Name, found.Reason.ToString(), found.Message, impact.ToJsonString(), external, found.Digest, found.Items.ToArray(), work.Version })
                command.Parameters.Add(new() { Value = value });
            command.Parameters.Add(new() { Value = (object?)found.BranchVersion ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
            command.Parameters.Add(new() { Value = (object?)plan.Base ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            if (at is not null)
            {
                command.Parameters.Add(new() { Value = Guid.CreateVersion7(at.Value) });
                command.Parameters.Add(new() { Value = at.Value });
            }

            return (long?)await command.ExecuteScalarAsync(cancellationToken);
        }
    }

    /// <summary>Ends holds whose reason is gone, and decisions that nothing is left of.</summary>
    public async Task CloseAsync(StoreWork work, Func<Hold, bool> isOver, CancellationToken cancellationToken)
    {
        var over = work.Holds.Where(isOver).Select(hold => hold.Number).ToArray();
        if (over.Length == 0) return;

        await using var command = database.CreateCommand(
            """
            UPDATE holds SET settled = true, items = '{}',
                by = coalesce(by, 'promises'), note = coalesce(note, 'Its reason is gone: there is nothing to decide any more.'), decided_at = coalesce(decided_at, $2),
                phase = CASE WHEN phase = 'Held' THEN 'Discarded' ELSE phase END
            WHERE number = ANY($1)
            """);
        command.Parameters.Add(new() { Value = over });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        LogClosed(work.Store.Name, over.Length);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: held as {Hold} ({Reason}): {Explanation}")]
    private partial void LogHeld(string store, string hold, HoldReason reason, string explanation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: nothing is left to decide about, or to carry out, of {Holds} holds")]
    private partial void LogClosed(string store, int holds);
}
