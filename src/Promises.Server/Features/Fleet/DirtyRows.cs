using Npgsql;
using Promises.Model;
using Promises.Scheduling;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Fleet;

/// <summary>
/// Which clusters and stores a decision leaves behind what is wanted. Small statements, each only where there is something to do: PostgreSQL plans them anew for every
/// write, because they name sets, and a large one takes longer to plan than to run.
/// </summary>
internal static class DirtyRows
{
    /// <param name="dirty">As <see cref="Find"/> has them.</param>
    public static void Add(NpgsqlBatch batch, FleetEdit edit, FleetPlan plan, string[] dirty)
    {
        if (edit.MovedStores.Count > 0) Forget(batch, edit);
        if (dirty.Length > 0)
        {
            Add(
                batch,
                """
                INSERT INTO cluster_delivery (cluster, state_store, wanted_version, written_version) SELECT name, state_store, $1, 0 FROM clusters WHERE name = ANY($2)
                ON CONFLICT (cluster) DO UPDATE SET wanted_version = excluded.wanted_version
                """,
                [edit.Number, dirty]);
            Add(batch, "INSERT INTO change_stores (change, state_store, settled) SELECT DISTINCT $1, state_store, false FROM clusters WHERE name = ANY($2)", [edit.Number, dirty]);
        }

        if (dirty.Any(cluster => StoreOf(edit, plan, cluster) is not { } store || (plan.After.FindStore(store) ?? plan.Before.FindStore(store)) is not { } state || BranchPattern.IsPerCluster(state.Branch)))
        {
            Add(
                batch,
                """
                INSERT INTO change_branches (change, state_store, cluster, branch)
                SELECT $1, s.name, c.name, replace(s.branch, $3, c.name) FROM clusters c JOIN state_stores s ON s.name = c.state_store
                WHERE c.name = ANY($2) AND position($3 IN s.branch) > 0
                """,
                [edit.Number, dirty, BranchPattern.Cluster]);
        }

        if (edit.Decided.Count > 0)
            Add(batch, "INSERT INTO change_stores (change, state_store, settled) SELECT $1, name, false FROM state_stores WHERE name = ANY($2) ON CONFLICT DO NOTHING", [edit.Number, edit.Decided.ToArray()]);
    }

    /// <summary>The stores that have something to write by it.</summary>
    public static IReadOnlyList<string> Behind(FleetEdit edit, FleetPlan plan, string[] dirty) =>
        [.. dirty.Select(cluster => StoreOf(edit, plan, cluster)).OfType<string>().Concat(edit.Decided).Distinct(StringComparer.Ordinal)];

    /// <summary>Clusters whose directory is behind what is wanted now.</summary>
    public static string[] Find(FleetEdit edit, FleetPlan plan) =>
    [
        .. plan.Changes.Where(change => Concerns(plan, change)).Select(change => change.Cluster)
            .Concat(edit.Resited)
            .Concat(edit.Touched.Where(touched => touched is { Kind: "Cluster", Type: not EventType.Modified }).Select(touched => touched.Name))
            .Where(cluster => !edit.KeepingFiles.Contains(cluster))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Whether the change is seen on the branch. A removal always is looked at, if only to end its row.</summary>
    private static bool Concerns(FleetPlan plan, PlacementChange change) =>
        change.Kind == ChangeKind.Remove || Wanted(plan.Before, change.Before) != Wanted(plan.After, change.After);

    private static string? Wanted(FleetSnapshot fleet, PlacementState? placement) => placement is null ? null : DecisionWriter.WantedDigest(fleet, placement);

    /// <summary>Those that are leaving are in no snapshot any more.</summary>
    private static string? StoreOf(FleetEdit edit, FleetPlan plan, string cluster) =>
        (plan.After.FindCluster(cluster) ?? plan.Before.FindCluster(cluster))?.StateStore
        ?? edit.LeavingClusters?.Where(place => place.Name == cluster).Select(place => place.StateStore).FirstOrDefault();

    /// <summary>Of branches elsewhere nothing is known, also where a cluster is leaving and nothing is to be written.</summary>
    private static void Forget(NpgsqlBatch batch, FleetEdit edit)
    {
        var moved = edit.MovedStores.ToArray();
        Add(
            batch,
            """
            UPDATE cluster_delivery SET head = NULL, failures = 0, failing_since = NULL, next_try = NULL, tried_version = 0, reason = NULL, message = NULL
            WHERE state_store = ANY($1)
            """,
            [moved]);
        Add(batch, "UPDATE store_delivery SET head = NULL, failures = 0, failing_since = NULL, next_try = NULL, transition_at = NULL, seen_at = NULL WHERE state_store = ANY($1)", [moved]);
        Add(
            batch,
            $"""
            UPDATE placements p SET written_digest = NULL, commit = NULL, proposed_digest = NULL, written_at = CASE WHEN {WrittenRule.Sql} THEN $2 ELSE p.written_at END
            FROM clusters c WHERE c.name = p.cluster AND c.state_store = ANY($1) AND (p.written_digest IS NOT NULL OR p.proposed_digest IS NOT NULL)
            """,
            [moved, edit.At]);
        Add(
            batch,
            """
            WITH closed AS (UPDATE proposals SET phase = 'Closed' WHERE state_store = ANY($1) RETURNING state_store, environment)
            DELETE FROM proposed_files f USING closed c WHERE f.state_store = c.state_store AND f.environment = c.environment
            """,
            [moved]);
    }

    private static void Add(NpgsqlBatch batch, string statement, IReadOnlyList<object> values)
    {
        var command = new NpgsqlBatchCommand(statement);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }
}
