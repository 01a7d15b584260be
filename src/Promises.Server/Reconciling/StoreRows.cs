using System.Text.Json;
using Npgsql;
using Promises.Model;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>Records how far a store is, which changes it shows, and what is still open.</summary>
internal static class StoreRows
{
    /// <param name="open">Null if nothing is.</param>
    public static void Add(NpgsqlBatch batch, DeliveryRecord record, DeliveryRecord? open, DateTimeOffset now)
    {
        var isPerCluster = BranchPattern.IsPerCluster(record.Branch);
        if (isPerCluster) ChangesOfBranches(batch, record);
        else Changes(batch, record);

        var repairs = Repairs.Describe(record);
        var (reason, message) = repairs is not null ? ("Repaired", $"{repairs}.")
            : record.Proposed is { Waiting.Count: > 0 } proposed ? ("Proposed", $"Waits to be merged into {record.Branch}: {string.Join(", ", proposed.Waiting)}.")
            : ("Reflected", isPerCluster ? "The branches have all accepted changes." : "The branch has all accepted changes.");
        if (record.Proposed is { IsFailing: true })
        {
            // How often it failed, and why, is told by whoever tries again.
            batch.Add("UPDATE store_delivery SET head = $2 WHERE state_store = $1").Text(record.Store).Text(record.LastCommit());
            return;
        }

        // What was put right stays to be read until something else is written.
        const string keeps = "$10 AND d.failures = 0 AND excluded.failures = 0 AND d.reason = 'Repaired'";
        batch.Add(
            $"""
            INSERT INTO store_delivery AS d (state_store, head, reflected_version, failures, failing_since, reason, message, transition_at, intent_commit, intent, seen_at)
            SELECT $1, $2, CASE WHEN f.branches = 0 THEN $3 ELSE 0 END, least(f.branches, 1), f.since, coalesce(f.reason, $4),
                coalesce(f.message || CASE WHEN f.branches > 1 THEN format(' %s more branches are refused.', f.branches - 1) ELSE '' END, $5), $6, $7, $8, $6
            FROM (SELECT count(*)::int AS branches, min(failing_since) AS since, min(reason) FILTER (WHERE first = 1) AS reason, min(message) FILTER (WHERE first = 1) AS message
                FROM (SELECT failing_since, reason, message, row_number() OVER (ORDER BY cluster) AS first FROM cluster_delivery WHERE state_store = $1 AND failures > 0) AS refused) AS f
            ON CONFLICT (state_store) DO UPDATE SET head = CASE WHEN $9 THEN coalesce(excluded.head, d.head) ELSE excluded.head END,
                reflected_version = greatest(d.reflected_version, excluded.reflected_version),
                transition_at = CASE WHEN (d.failures > 0) <> (excluded.failures > 0) OR d.transition_at IS NULL THEN excluded.transition_at ELSE d.transition_at END,
                failures = excluded.failures, failing_since = excluded.failing_since, next_try = NULL,
                reason = CASE WHEN {keeps} THEN d.reason ELSE excluded.reason END, message = CASE WHEN {keeps} THEN d.message ELSE excluded.message END,
                intent_commit = excluded.intent_commit, intent = excluded.intent, seen_at = excluded.seen_at
            """)
            .Text(record.Store).Text(record.LastCommit() ?? (isPerCluster ? null : record.Branches[0].Base)).Number(record.Proposed?.Reflected ?? record.Version)
            .Text(reason).Text(message).Time(now).Text(open?.LastCommit()).Text(open is null ? null : Intent(open)).Flag(isPerCluster)
            .Flag(repairs is null && record.LastCommit() is null);
        EventRows.Modified(batch, "StateStore", [record.Store], repairs);
    }

    /// <summary>As it is kept until its outcome is known.</summary>
    public static string Intent(DeliveryRecord record) => JsonSerializer.Serialize(record, JsonSerializerOptions.Default);

    private static void Changes(NpgsqlBatch batch, DeliveryRecord record)
    {
        var changes = record.Branches.SelectMany(branch => branch.Changes).Distinct().ToList();
        if (changes.Count == 0) return;
        batch.Add("UPDATE change_stores SET settled = true, commit = $3 WHERE state_store = $1 AND change = ANY($2) AND NOT settled")
            .Text(record.Store).Numbers(changes).Text(record.LastCommit());
    }

    /// <summary>A change is settled when it is on the branch of every cluster that it concerns and that is still there. One of its commits stands for all.</summary>
    private static void ChangesOfBranches(NpgsqlBatch batch, DeliveryRecord record)
    {
        var rows = record.Branches.SelectMany(branch => branch.Clusters.Select(row => (row.Cluster, branch.Commit))).ToList();
        batch.Add(
            """
            UPDATE change_branches b SET settled = true, commit = row.commit
            FROM unnest($2, $3) AS row (cluster, commit) WHERE b.state_store = $1 AND b.cluster = row.cluster AND b.change <= $4 AND NOT b.settled
            """)
            .Text(record.Store).Texts(rows.Select(row => row.Cluster)).Texts(rows.Select(row => row.Commit)).Number(record.Version);
        batch.Add(
            """
            UPDATE change_stores s SET settled = true, commit = (
                SELECT b.commit FROM change_branches b WHERE b.change = s.change AND b.state_store = s.state_store AND b.commit IS NOT NULL ORDER BY b.cluster LIMIT 1)
            WHERE s.state_store = $1 AND NOT s.settled AND s.change <= $2 AND NOT EXISTS (
                SELECT FROM change_branches b JOIN clusters c ON c.name = b.cluster WHERE b.change = s.change AND b.state_store = s.state_store AND NOT b.settled)
            """)
            .Text(record.Store).Number(record.Version);
    }
}
