using Npgsql;
using NpgsqlTypes;

namespace Promises.Server.Reconciling;

/// <summary>
/// Records what is on the branches of a store, in one transaction of few statements however many rows. Nothing is recorded once another replica has the store.
/// </summary>
/// <exception cref="LeaseLostException">Of every method.</exception>
internal sealed partial class DeliveryRecorder(NpgsqlDataSource database, DeliveryTelemetry telemetry, TimeProvider time, ILogger<DeliveryRecorder> log)
{
    private const string Forget = "UPDATE store_delivery SET intent_commit = NULL, intent = NULL WHERE state_store = $1";

    /// <summary>Before the push: what is about to be done.</summary>
    public async Task IntendAsync(DeliveryRecord record, StoreLease lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            INSERT INTO store_delivery (state_store, reflected_version, failures, reason, message, intent_commit, intent)
            SELECT name, 0, 0, '', '', $2, $3 FROM state_stores WHERE name = $1 AND {LeaseRows.IsHeld("$4")}
            ON CONFLICT (state_store) DO UPDATE SET intent_commit = excluded.intent_commit, intent = excluded.intent
            """);
        Add(command, record.Store, record.LastCommit(), StoreRows.Intent(record));
        await ChangeAsync(command, lease, cancellationToken);
    }

    /// <summary>Before the push of proposals: what may be merged from then on.</summary>
    public async Task NoteAsync(StoreWork work, IReadOnlyList<ProposalStep> steps, IReadOnlyList<BranchPlan> plans, StoreLease lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RequireAsync(connection, lease, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var step in steps)
        {
            var files = plans.Where(plan => plan.Branch == step.Branch.Name).SelectMany(plan => plan.Proposes).ToList();
            ProposalRows.Note(batch, work, step.Branch.Name, step.Branch.Environment!, step.Head!, step.Record.Base, files, now);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The commits are known not to be on their branches.</summary>
    public async Task ForgetAsync(StoreLease lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Forget} AND {LeaseRows.IsHeld("$2")}");
        Add(command, lease.Store);
        await ChangeAsync(command, lease, cancellationToken);
    }

    /// <param name="record">What is on its branch.</param>
    /// <param name="open">What may be: it stays the intent.</param>
    /// <param name="refused">What is not, while the rest of the store goes on.</param>
    /// <returns>False if the store points elsewhere by now: nothing is recorded then.</returns>
    public async Task<bool> RecordAsync(
        DeliveryRecord record, DeliveryRecord? open, IReadOnlyList<BranchRefusal> refused, StoreLease lease, CancellationToken cancellationToken)
    {
        const int attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!await TryRecordAsync(record, open is { Branches.Count: > 0 } ? open : null, refused, lease, cancellationToken)) return false;
                TellRepairs(record);
                return true;
            }
            catch (PostgresException conflict) when (attempt < attempts && conflict.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // A decision touched the same rows in another order; it went first.
            }
        }
    }

    private async Task<bool> TryRecordAsync(
        DeliveryRecord record, DeliveryRecord? open, IReadOnlyList<BranchRefusal> refused, StoreLease lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var place = new NpgsqlCommand(
            $"SELECT url IS NOT DISTINCT FROM $2 AND branch = $3 FROM state_stores WHERE name = $1 AND {LeaseRows.IsHeld("$4")} FOR SHARE", connection))
        {
            Add(place, record.Store, record.Url, record.Branch);
            place.Parameters.Add(new() { Value = lease.Epoch });
            if (await place.ExecuteScalarAsync(cancellationToken) is not bool isThere) throw new LeaseLostException(lease);
            if (!isThere)
            {
                await using var forget = new NpgsqlCommand(Forget, connection);
                Add(forget, record.Store);
                await forget.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return false;
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        PlacementRows.Add(batch, record, now);
        ProposalRows.Add(batch, record, now);
        SpentDecisions.End(batch, record);
        ClusterRows.Add(batch, record, refused, now);
        StoreRows.Add(batch, record, open, now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task RequireAsync(NpgsqlConnection connection, StoreLease lease, CancellationToken cancellationToken)
    {
        await using var held = new NpgsqlCommand($"SELECT {LeaseRows.IsHeld("$2")}", connection);
        Add(held, lease.Store);
        held.Parameters.Add(new() { Value = lease.Epoch });
        if (await held.ExecuteScalarAsync(cancellationToken) is not true) throw new LeaseLostException(lease);
    }

    /// <summary>Here, since what somebody else had done may be put right by a push whose end is seen by a later visit only.</summary>
    private void TellRepairs(DeliveryRecord record)
    {
        foreach (var branch in record.Branches)
        {
            if (branch.Repairs is not { } repairs) continue;
            LogRepaired(record.Store, branch.Branch, repairs.Describe(branch.Commit));
            telemetry.Repaired(record.Store, repairs);
        }
    }

    private static async Task ChangeAsync(NpgsqlCommand command, StoreLease lease, CancellationToken cancellationToken)
    {
        command.Parameters.Add(new() { Value = lease.Epoch });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw new LeaseLostException(lease);
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<string?> values)
    {
        foreach (var value in values) command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: somebody else wrote to branch {Branch}: {Found}")]
    private partial void LogRepaired(string store, string branch, string found);
}
