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
    /// <param name="dirty">Clusters that it leaves behind what is wanted, as <see cref="DirtyRows.Find"/> has them.</param>
    public static void Add(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan, string[] dirty)
    {
        DropKept(batch, edit);
        Upsert(batch, edit, plan);
        Withdraw(batch, edit, plan);
        MovePins(batch, plan);
        Grant(batch, edit, plan);
        ChangeRows.Add(batch, edit, plan);
        DirtyRows.Add(batch, edit, plan, dirty);
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
