using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>The writer's side of the holds: makes one, keeps it up to date while nobody decides, and ends it when its reason is gone.</summary>
internal sealed partial class HoldBook(NpgsqlDataSource database, IDbContextFactory<PromisesDb> databases, TimeProvider time, ILogger<HoldBook> log)
{
    public static string Waiting(string name, string message) => $"Hold {name} waits for a decision: {message}";

    public static string Discarded(Hold hold) =>
        $"Hold {hold.Name} was discarded by {hold.By}: {hold.Note} What it held back is looked at again with the next change for this store, or when the branch moves.";

    /// <summary>Where the branches of a batch are.</summary>
    public static string? TipOf(DeliveryPlan plan) => plan.Branches is [var only]
        ? only.Base
        : CanonicalJson.Digest(string.Join('\n', plan.Branches.Select(branch => $"{branch.Branch} {branch.Base}")))["sha256:".Length..];

    /// <returns>The number of the hold.</returns>
    public async Task<long> HoldAsync(StoreWork work, DeliveryPlan plan, HoldCase found, CancellationToken cancellationToken)
    {
        var tip = TipOf(plan);
        if (work.Holds.FirstOrDefault(hold => hold.Phase == HoldPhase.Held) is { } active && active.Digest == found.Digest && active.Tip == tip) return active.Number;

        var (impact, external) = await HoldImpact.OfAsync(databases, work, plan, found, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var at = time.GetUtcNow();

        // Who decided meanwhile has decided about what was there; then this is another one.
        var number = await WriteAsync(
            """
            UPDATE holds SET reason = $2, message = $3, impact = $4, external = $5, digest = $6, items = $7, branch_version = $9, tip = $10,
                generation = generation + 1, resource_version = greatest(resource_version, $8)
            WHERE state_store = $1 AND phase = 'Held' RETURNING number
            """, []);
        var isNew = number is null;
        number ??= await WriteAsync(
            """
            INSERT INTO holds (state_store, reason, message, impact, external, digest, items, version, branch_version, tip, uid, at, generation, resource_version, phase, settled)
            SELECT name, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $8, 'Held', false FROM state_stores WHERE name = $1
            RETURNING number
            """, [Guid.CreateVersion7(at), at]);
        if (number is null) throw new StoreSyncException("Held", "The store was deleted meanwhile.", permanent: false);

        await SayAsync(connection, work.Store.Name, [number.Value], everything: isNew, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (isNew) LogHeld(work.Store.Name, Hold.NameOf(number.Value), found.Reason, found.Message);
        return number.Value;

        async Task<long?> WriteAsync(string sql, object[] more)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in (object[])
                [
                    work.Store.Name, found.Reason.ToString(), found.Message, impact.ToJsonString(), external, found.Digest, found.Items.ToArray(), work.Version,
                    (object?)found.BranchVersion ?? DBNull.Value, (object?)tip ?? DBNull.Value, .. more,
                ])
            {
                command.Parameters.Add(new() { Value = value });
            }

            return (long?)await command.ExecuteScalarAsync(cancellationToken);
        }
    }

    /// <summary>Ends the hold of a store that passes.</summary>
    public async Task EndAsync(StoreWork work, CancellationToken cancellationToken)
    {
        var over = work.Holds.Where(hold => hold.Phase == HoldPhase.Held).Select(hold => hold.Number).ToArray();
        if (over.Length == 0) return;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            UPDATE holds SET phase = 'Discarded', settled = true, items = '{}', by = 'promises', note = 'Its reason is gone: there is nothing to decide any more.', decided_at = $2
            WHERE number = ANY($1) AND phase = 'Held'
            """, connection);
        command.Parameters.Add(new() { Value = over });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0) LogEnded(work.Store.Name);
        await SayAsync(connection, work.Store.Name, over, everything: true, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <param name="everything">Placements that wait come under the hold, or from under it.</param>
    private static async Task SayAsync(NpgsqlConnection connection, string store, IEnumerable<long> holds, bool everything, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        EventRows.Modified(batch, nameof(Hold), holds.Select(Hold.NameOf));
        if (everything) EventRows.Waiting(batch, store);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: held as {Hold} ({Reason}): {Explanation}")]
    private partial void LogHeld(string store, string hold, HoldReason reason, string explanation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: nothing is left to decide about, so it goes on")]
    private partial void LogEnded(string store);
}
