using Npgsql;
using NpgsqlTypes;
using Promises.Manifests;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Events;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Fleet;

/// <summary>Stores a plan: placements, dirty clusters and stores, and the change, all in the transaction of the write. Bulk statements, however many rows.</summary>
internal static class DecisionWriter
{
    public static void Add(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        DropKept(batch, edit);
        Upsert(batch, edit, plan);
        Withdraw(batch, edit, plan);
        MovePins(batch, plan);
        Grant(batch, edit, plan);
        ChangeRows.Add(batch, edit, plan);
        MarkDirty(batch, edit, plan);
    }

    /// <summary>The stores that have something to write by it.</summary>
    public static IReadOnlyList<string> Behind(FleetEdit edit, FleetPlan plan)
    {
        // Those that are leaving are in no snapshot any more.
        var leaving = (edit.LeavingClusters ?? []).ToDictionary(place => place.Name, place => place.StateStore, StringComparer.Ordinal);
        return
        [
            .. Dirty(edit, plan).Select(cluster => (plan.After.FindCluster(cluster) ?? plan.Before.FindCluster(cluster))?.StateStore ?? leaving.GetValueOrDefault(cluster))
                .OfType<string>().Concat(edit.Decided).Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>A cluster that keeps its files is forgotten at once: there is nothing left to do on its branch.</summary>
    private static void DropKept(NpgsqlBatch batch, FleetEdit edit)
    {
        if (edit.KeepingFiles.Count == 0) return;
        foreach (var statement in (string[])
            [
                EventRows.OfPlacements("DELETE FROM placements p WHERE cluster = ANY($1)", EventType.Deleted),
                // What is merged of it later is kept as well, and is nobody's to remove.
                "DELETE FROM proposed_files WHERE split_part(owner, '.', -1) = ANY($1)",
                "DELETE FROM cluster_delivery WHERE cluster = ANY($1)",
                "DELETE FROM clusters WHERE name = ANY($1)",
            ])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement) { Parameters = { new() { Value = edit.KeepingFiles.ToArray() } } });
        }
    }

    private static void Upsert(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        var rows = plan.Changes.Where(change => change.Kind != ChangeKind.Remove).Select(change => change.After!).ToList();
        if (rows.Count == 0) return;

        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO placements AS p (promise, cluster, environment, revision, outcome, delivers, reason, message, included_by, depends_on, digest,
                uid, created_at, scheduled_at, written_at, resource_version, generation, leaving)
            SELECT promise, cluster, environment, revision, outcome, delivers, reason, message, string_to_array(included_by, ','), string_to_array(depends_on, ','), digest,
                uid, $13, $13, $13, $14, 1, false
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                AS row (promise, cluster, environment, revision, outcome, delivers, reason, message, included_by, depends_on, digest, uid)
            ON CONFLICT (promise, cluster) DO UPDATE SET
                environment = excluded.environment, revision = excluded.revision, outcome = excluded.outcome, delivers = excluded.delivers,
                reason = excluded.reason, message = excluded.message, included_by = excluded.included_by, depends_on = excluded.depends_on,
                digest = excluded.digest, resource_version = excluded.resource_version,
                generation = CASE WHEN p.leaving THEN 1 WHEN p.revision <> excluded.revision THEN p.generation + 1 ELSE p.generation END,
                scheduled_at = CASE WHEN p.leaving OR (p.outcome = 'Blocked') <> (excluded.outcome = 'Blocked') THEN excluded.scheduled_at ELSE p.scheduled_at END,
                written_at = CASE WHEN (excluded.digest IS NOT DISTINCT FROM p.written_digest AND (excluded.delivers OR excluded.digest IS NOT NULL)) <> {WrittenRule.Sql} THEN excluded.scheduled_at ELSE p.written_at END,
                uid = CASE WHEN p.leaving THEN excluded.uid ELSE p.uid END,
                created_at = CASE WHEN p.leaving THEN excluded.created_at ELSE p.created_at END,
                leaving = false, stalled_reason = NULL, stalled_message = NULL
            """);
        Add(command, rows, row => row.Promise, NpgsqlDbType.Text);
        Add(command, rows, row => row.Cluster, NpgsqlDbType.Text);
        Add(command, rows, row => plan.After.FindCluster(row.Cluster)!.Environment, NpgsqlDbType.Text);
        Add(command, rows, row => row.Revision, NpgsqlDbType.Integer);
        Add(command, rows, row => row.Outcome.ToString(), NpgsqlDbType.Text);
        Add(command, rows, row => row.Delivers, NpgsqlDbType.Boolean);
        Add(command, rows, row => row.Reason.ToString(), NpgsqlDbType.Text);
        Add(command, rows, row => row.Message, NpgsqlDbType.Text);
        Add(command, rows, row => string.Join(',', row.IncludedBy), NpgsqlDbType.Text);
        Add(command, rows, row => string.Join(',', row.DependsOn), NpgsqlDbType.Text);
        Add(command, rows, row => WantedDigest(plan.After, row), NpgsqlDbType.Text);
        Add(command, rows, _ => Guid.CreateVersion7(edit.At), NpgsqlDbType.Uuid);
        command.Parameters.Add(new() { Value = edit.At });
        command.Parameters.Add(new() { Value = edit.Number });
        batch.BatchCommands.Add(command);
    }

    private static void Withdraw(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        var gone = plan.Changes.Where(change => change.Kind == ChangeKind.Remove).ToList();
        if (gone.Count == 0) return;

        var command = new NpgsqlBatchCommand(
            $"""
            UPDATE placements p SET leaving = true, digest = NULL, resource_version = $3,
                scheduled_at = CASE WHEN p.outcome = 'Blocked' THEN p.scheduled_at ELSE $4 END,
                written_at = CASE WHEN {WrittenRule.Sql} THEN $4 ELSE p.written_at END
            FROM unnest($1, $2) AS gone (promise, cluster) WHERE p.promise = gone.promise AND p.cluster = gone.cluster
            """);
        Add(command, gone, change => change.Promise, NpgsqlDbType.Text);
        Add(command, gone, change => change.Cluster, NpgsqlDbType.Text);
        command.Parameters.Add(new() { Value = edit.Number });
        command.Parameters.Add(new() { Value = edit.At });
        batch.BatchCommands.Add(command);
    }

    private static void MovePins(NpgsqlBatch batch, FleetPlan plan)
    {
        var moved = plan.MovedPins.ToList();
        if (moved.Count == 0) return;

        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO pins (environment, promise, revision) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (environment, promise) DO UPDATE SET revision = excluded.revision
            """);
        Add(command, moved, pin => pin.Environment, NpgsqlDbType.Text);
        Add(command, moved, pin => pin.Promise, NpgsqlDbType.Text);
        Add(command, moved, pin => pin.Revision, NpgsqlDbType.Integer);
        batch.BatchCommands.Add(command);
    }

    private static void Grant(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        var grants = Grants.Of(edit, plan).ToList();
        if (grants.Count == 0) return;

        var command = new NpgsqlBatchCommand(
            """
            INSERT INTO removal_grants (change, state_store, cluster, promise, files)
            SELECT $1, c.state_store, row.cluster, row.promise, string_to_array(row.files, E'\n')
            FROM unnest($2, $3, $4) AS row (cluster, promise, files) JOIN clusters c ON c.name = row.cluster
            """);
        command.Parameters.Add(new() { Value = edit.Number });
        Add(command, grants, grant => grant.Cluster, NpgsqlDbType.Text);
        Add(command, grants, grant => grant.Promise, NpgsqlDbType.Text);
        Add(command, grants, grant => grant.Files is null ? null : string.Join('\n', grant.Files), NpgsqlDbType.Text);
        batch.BatchCommands.Add(command);
    }

    private static void MarkDirty(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan)
    {
        var dirty = Dirty(edit, plan).ToArray();
        if (dirty.Length == 0 && edit.MovedStores.Count == 0 && edit.Decided.Count == 0) return;

        ForgetHeads(batch, edit);
        var command = new NpgsqlBatchCommand(
            $"""
            WITH moved AS (UPDATE store_delivery SET head = NULL, failures = 0, failing_since = NULL, next_try = NULL, transition_at = NULL, seen_at = NULL WHERE state_store = ANY($3)),
            elsewhere AS (
                UPDATE placements p SET written_digest = NULL, commit = NULL, proposed_digest = NULL, written_at = CASE WHEN {WrittenRule.Sql} THEN $4 ELSE p.written_at END
                FROM clusters c WHERE c.name = p.cluster AND c.state_store = ANY($3) AND (p.written_digest IS NOT NULL OR p.proposed_digest IS NOT NULL)),
            proposals AS (UPDATE proposals SET phase = 'Closed' WHERE state_store = ANY($3) RETURNING state_store, environment),
            proposed AS (DELETE FROM proposed_files f USING proposals p WHERE f.state_store = p.state_store AND f.environment = p.environment),
            dirty AS (
                INSERT INTO cluster_delivery (cluster, state_store, wanted_version, written_version)
                SELECT name, state_store, $2, 0 FROM clusters WHERE name = ANY($1)
                ON CONFLICT (cluster) DO UPDATE SET wanted_version = excluded.wanted_version
                RETURNING cluster, state_store),
            branches AS (
                INSERT INTO change_branches (change, state_store, cluster, branch)
                SELECT $2, s.name, d.cluster, replace(s.branch, $5, d.cluster) FROM dirty d JOIN state_stores s ON s.name = d.state_store WHERE position($5 IN s.branch) > 0)
            INSERT INTO change_stores (change, state_store, settled) SELECT DISTINCT $2, state_store, false FROM (SELECT state_store FROM dirty UNION SELECT name FROM state_stores WHERE name = ANY($6)) AS concerned
            """);
        command.Parameters.Add(new() { Value = dirty });
        command.Parameters.Add(new() { Value = edit.Number });
        command.Parameters.Add(new() { Value = edit.MovedStores.ToArray() });
        command.Parameters.Add(new() { Value = edit.At });
        command.Parameters.Add(new() { Value = BranchPattern.Cluster });
        command.Parameters.Add(new() { Value = edit.Decided.ToArray() });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Clusters whose directory is behind what is wanted now.</summary>
    private static IEnumerable<string> Dirty(FleetEdit edit, FleetPlan plan) =>
        plan.Changes.Where(change => Concerns(plan, change)).Select(change => change.Cluster)
            .Concat(edit.Resited)
            .Concat(edit.Touched.Where(touched => touched is { Kind: "Cluster", Type: not EventType.Modified }).Select(touched => touched.Name))
            .Where(cluster => !edit.KeepingFiles.Contains(cluster))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Of branches elsewhere nothing is known, also where a cluster is leaving and nothing is to be written.</summary>
    private static void ForgetHeads(NpgsqlBatch batch, FleetEdit edit)
    {
        if (edit.MovedStores.Count == 0) return;
        var command = new NpgsqlBatchCommand(
            """
            UPDATE cluster_delivery SET head = NULL, failures = 0, failing_since = NULL, next_try = NULL, tried_version = 0, reason = NULL, message = NULL
            WHERE state_store = ANY($1)
            """);
        command.Parameters.Add(new() { Value = edit.MovedStores.ToArray() });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Whether the change is seen on the branch. A removal always is looked at, if only to end its row.</summary>
    private static bool Concerns(FleetPlan plan, PlacementChange change) =>
        change.Kind == ChangeKind.Remove || Wanted(plan.Before, change.Before) != Wanted(plan.After, change.After);

    private static string? Wanted(FleetSnapshot fleet, PlacementState? placement) => placement is null ? null : WantedDigest(fleet, placement);

    public static string? WantedDigest(FleetSnapshot fleet, PlacementState placement)
    {
        if (!placement.Delivers || Sites.Of(fleet, placement.Cluster) is not { } site || fleet.FindRevision(placement.Promise, placement.Revision) is not { } revision) return null;
        return revision.Objects.Count == 0
            ? null
            : Renderer.WantedDigest(revision.Digest, site, placement.Promise, placement.DependsOn, hasObjects: true);
    }

    private static void Add<TRow, TValue>(NpgsqlBatchCommand command, List<TRow> rows, Func<TRow, TValue> value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
