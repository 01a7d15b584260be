using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Promises.Server.Features.Placements;

namespace Promises.Server.Reconciling;

/// <summary>Records what is on a branch, in one transaction of few statements however many rows.</summary>
internal sealed class DeliveryRecorder(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Before the push: what is about to be done.</summary>
    public async Task IntendAsync(DeliveryRecord record, string commit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO store_delivery (state_store, reflected_version, failures, reason, message, intent_commit, intent)
            SELECT name, 0, 0, '', '', $2, $3 FROM state_stores WHERE name = $1
            ON CONFLICT (state_store) DO UPDATE SET intent_commit = excluded.intent_commit, intent = excluded.intent
            """);
        Add(command, record.Store, commit, JsonSerializer.Serialize(record, JsonSerializerOptions.Default));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The commit is known not to be on the branch.</summary>
    public async Task ForgetAsync(string store, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE store_delivery SET intent_commit = NULL, intent = NULL WHERE state_store = $1");
        Add(command, store);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="commit">Null if the branch had everything already.</param>
    /// <returns>False if the store was deleted or points elsewhere by now: nothing is recorded then.</returns>
    public async Task<bool> RecordAsync(DeliveryRecord record, string? commit, CancellationToken cancellationToken)
    {
        const int attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryRecordAsync(record, commit, cancellationToken);
            }
            catch (PostgresException conflict) when (attempt < attempts && conflict.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // A decision touched the same rows in another order; it went first.
            }
        }
    }

    private async Task<bool> TryRecordAsync(DeliveryRecord record, string? commit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var place = Command(connection, "SELECT 1 FROM state_stores WHERE name = $1 AND url IS NOT DISTINCT FROM $2 AND branch = $3 FOR SHARE"))
        {
            Add(place, record.Store);
            place.Parameters.Add(new() { Value = (object?)record.Url ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            Add(place, record.Branch);
            if (await place.ExecuteScalarAsync(cancellationToken) is null)
            {
                await using var forget = Command(connection, "UPDATE store_delivery SET intent_commit = NULL, intent = NULL WHERE state_store = $1");
                Add(forget, record.Store);
                await forget.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return false;
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        Manifests(batch, record);
        Placements(batch, record, commit, now);
        Gone(batch, record);
        SpentDecisions.End(batch, record);
        Clusters(batch, record, now);
        Changes(batch, record, commit);
        Store(batch, record, commit, now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static void Manifests(NpgsqlBatch batch, DeliveryRecord record)
    {
        if (record.Manifests.Count == 0) return;
        var command = Command(batch, "INSERT INTO file_manifests (digest, files) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING");
        Texts(command, record.Manifests.Keys.Order(StringComparer.Ordinal));
        Texts(command, record.Manifests.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Json(pair.Value)), NpgsqlDbType.Jsonb);
    }

    private static void Placements(NpgsqlBatch batch, DeliveryRecord record, string? commit, DateTimeOffset now)
    {
        var written = record.Placements.Where(p => p is { Gone: false, StalledReason: null }).ToList();
        if (written.Count > 0)
        {
            // Whose files were there already keeps the commit that brought them; found ones came with the base.
            var command = Command(batch,
                $"""
                UPDATE placements p SET
                    written_at = CASE WHEN (p.digest IS NOT DISTINCT FROM row.digest AND (p.delivers OR p.digest IS NOT NULL) AND NOT p.leaving) <> {WrittenRule.Sql} THEN $9 ELSE p.written_at END,
                    written_digest = row.digest, written_revision = row.revision, written_manifest = row.manifest, written_child = row.child,
                    commit = CASE WHEN row.manifest IS NULL THEN NULL WHEN row.changed THEN $7 ELSE coalesce(p.commit, $8) END,
                    stalled_reason = NULL, stalled_message = NULL
                FROM unnest($1, $2, $3, $4, $5, $6, $10) AS row (promise, cluster, digest, revision, manifest, child, changed)
                WHERE p.promise = row.promise AND p.cluster = row.cluster
                """);
            Texts(command, written.Select(p => p.Promise));
            Texts(command, written.Select(p => p.Cluster));
            Texts(command, written.Select(p => p.Wanted));
            command.Parameters.Add(new() { Value = written.Select(p => p.Revision).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
            Texts(command, written.Select(p => p.Manifest));
            Texts(command, written.Select(p => p.Child));
            Text(command, commit);
            Text(command, record.Base);
            command.Parameters.Add(new() { Value = now });
            command.Parameters.Add(new() { Value = written.Select(p => p.Changed).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
        }

        var stalled = record.Placements.Where(p => p.StalledReason is not null).ToList();
        if (stalled.Count > 0)
        {
            // A decision that came meanwhile starts afresh.
            var command = Command(batch,
                $"""
                UPDATE placements p SET stalled_reason = row.reason, stalled_message = row.message,
                    written_at = CASE WHEN {WrittenRule.Sql} THEN $6 ELSE p.written_at END
                FROM unnest($1, $2, $3, $4, $5) AS row (promise, cluster, digest, reason, message)
                WHERE p.promise = row.promise AND p.cluster = row.cluster AND p.digest IS NOT DISTINCT FROM row.digest
                """);
            Texts(command, stalled.Select(p => p.Promise));
            Texts(command, stalled.Select(p => p.Cluster));
            Texts(command, stalled.Select(p => p.Wanted));
            Texts(command, stalled.Select(p => p.StalledReason));
            Texts(command, stalled.Select(p => p.StalledMessage));
            command.Parameters.Add(new() { Value = now });
        }
    }

    private static void Gone(NpgsqlBatch batch, DeliveryRecord record)
    {
        var gone = record.Placements.Where(p => p.Gone).ToList();
        if (gone.Count == 0) return;

        foreach (var statement in (string[])
            [
                "DELETE FROM placements p USING unnest($1, $2) AS row (promise, cluster) WHERE p.promise = row.promise AND p.cluster = row.cluster AND p.leaving",
                // Wanted again while its files were removed: it is written anew.
                """
                UPDATE placements p SET written_digest = NULL, written_revision = NULL, written_manifest = NULL, written_child = NULL, commit = NULL
                FROM unnest($1, $2) AS row (promise, cluster) WHERE p.promise = row.promise AND p.cluster = row.cluster
                """,
            ])
        {
            var command = Command(batch, statement);
            Texts(command, gone.Select(p => p.Promise));
            Texts(command, gone.Select(p => p.Cluster));
        }
    }

    private static void Clusters(NpgsqlBatch batch, DeliveryRecord record, DateTimeOffset now)
    {
        var command = Command(batch,
            """
            UPDATE cluster_delivery d SET written_version = greatest(d.written_version, $4), files = row.files,
                findings_at = CASE WHEN row.findings IS NULL OR row.findings = d.findings THEN d.findings_at ELSE $5 END,
                findings = coalesce(row.findings, d.findings)
            FROM unnest($1, $2, $3) AS row (cluster, files, findings) WHERE d.cluster = row.cluster
            """);
        Texts(command, record.Clusters.Select(c => c.Cluster));
        Texts(command, record.Clusters.Select(c => Json(c.Files)), NpgsqlDbType.Jsonb);
        Texts(command, record.Clusters.Select(c => c.Findings is null ? null : JsonSerializer.Serialize(c.Findings)), NpgsqlDbType.Jsonb);
        command.Parameters.Add(new() { Value = record.Version });
        command.Parameters.Add(new() { Value = now });

        var gone = record.Clusters.Where(c => c.Gone).Select(c => c.Cluster).ToList();
        if (gone.Count > 0)
        {
            Texts(Command(batch, "DELETE FROM clusters c WHERE c.name = ANY($1) AND c.leaving AND NOT EXISTS (SELECT FROM placements p WHERE p.cluster = c.name)"), gone);
        }

        if (gone.Count > 0 || record.Placements.Any(p => p.Gone)) LeavingPromises.Remove(batch);
    }

    private static void Changes(NpgsqlBatch batch, DeliveryRecord record, string? commit)
    {
        if (record.Changes.Count == 0) return;
        var command = Command(batch, "UPDATE change_stores SET settled = true, commit = $3 WHERE state_store = $1 AND change = ANY($2) AND NOT settled");
        Text(command, record.Store);
        command.Parameters.Add(new() { Value = record.Changes.ToArray() });
        Text(command, commit);
    }

    private static void Store(NpgsqlBatch batch, DeliveryRecord record, string? commit, DateTimeOffset now)
    {
        var (reason, message) = record.Repaired.Count > 0
            ? ("Repaired", $"Put right what somebody else had changed in {record.Repaired.Count} of our files: {Some(record.Repaired)}.")
            : ("Reflected", "The branch has all accepted changes.");
        var command = Command(batch,
            """
            INSERT INTO store_delivery AS d (state_store, head, reflected_version, failures, reason, message, transition_at) VALUES ($1, $2, $3, 0, $4, $5, $6)
            ON CONFLICT (state_store) DO UPDATE SET head = excluded.head, reflected_version = greatest(d.reflected_version, excluded.reflected_version),
                transition_at = CASE WHEN d.failures > 0 OR d.transition_at IS NULL THEN excluded.transition_at ELSE d.transition_at END,
                failures = 0, failing_since = NULL, next_try = NULL, reason = excluded.reason, message = excluded.message, intent_commit = NULL, intent = NULL
            """);
        Text(command, record.Store);
        Text(command, commit ?? record.Base);
        command.Parameters.Add(new() { Value = record.Version });
        Text(command, reason);
        Text(command, message);
        command.Parameters.Add(new() { Value = now });
    }

    private static string Some(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? ", …" : "");

    private static string Json(IReadOnlyDictionary<string, string> files) => JsonSerializer.Serialize(files, JsonSerializerOptions.Default);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text) => new(text, connection);

    private static NpgsqlBatchCommand Command(NpgsqlBatch batch, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<string> values)
    {
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
    }

    private static void Text(NpgsqlBatchCommand command, string? value) =>
        command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    private static void Texts(NpgsqlBatchCommand command, IEnumerable<string?> values, NpgsqlDbType type = NpgsqlDbType.Text) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
