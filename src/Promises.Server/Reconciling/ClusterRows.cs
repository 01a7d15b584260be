using System.Text.Json;
using Npgsql;
using Promises.Model;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>Records how far the directories of clusters are, and ends those that are off-boarded.</summary>
internal static class ClusterRows
{
    /// <summary>Of a name that was given to another cluster meanwhile nothing is recorded: what was written was the former one's, in its own directory.</summary>
    public const string IsSame = "(row.uid IS NULL OR EXISTS (SELECT FROM clusters c WHERE c.name = row.cluster AND c.uid = row.uid))";

    public static void Add(NpgsqlBatch batch, DeliveryRecord record, IReadOnlyList<BranchRefusal> refused, DateTimeOffset now)
    {
        Refused(batch, record, refused, now);
        // Heads are kept with the clusters where each has a branch; one that all share is the store's.
        var isPerCluster = BranchPattern.IsPerCluster(record.Branch);
        var all = record.Branches.SelectMany(branch => branch.Clusters.Select(row => (Row: row, Head: isPerCluster ? branch.Commit ?? branch.Base : null))).ToList();
        var rows = all.ConvertAll(pair => pair.Row);
        batch.Add(
            $"""
            UPDATE cluster_delivery d SET files = coalesce(row.files, d.files),
                -- One that was up to date and is not any more has its files changed by somebody else.
                written_version = CASE WHEN row.pending THEN least(d.written_version, d.wanted_version - 1) ELSE greatest(d.written_version, $4) END,
                findings_at = CASE WHEN row.findings IS NULL OR row.findings = d.findings THEN d.findings_at ELSE $5 END,
                findings = coalesce(row.findings, d.findings),
                head = row.head, failures = 0, failing_since = NULL, next_try = NULL, tried_version = 0, reason = NULL, message = NULL
            FROM unnest($1, $2, $3, $6, $7, $8) AS row (cluster, files, findings, head, pending, uid) WHERE d.cluster = row.cluster AND {IsSame}
            """)
            .Texts(rows.Select(row => row.Cluster)).Jsons(rows.Select(row => row is { IsPending: true, IsChanged: true } || row.Files is null ? null : SqlText.Json(row.Files)))
            .Jsons(rows.Select(row => row.Findings is null ? null : JsonSerializer.Serialize(row.Findings))).Number(record.Version).Time(now)
            .Texts(all.Select(pair => pair.Head)).Flags(rows.Select(row => row.IsPending)).Uids(rows.Select(row => row.Uid));
        EventRows.Modified(batch, "Cluster", rows.Where(row => row is { Gone: false, Findings: not null }).Select(row => row.Cluster));

        var gone = rows.Where(row => row is { Gone: true, IsPending: false }).Select(row => row.Cluster).ToList();
        if (gone.Count > 0)
            batch.Add("DELETE FROM clusters c WHERE c.name = ANY($1) AND c.leaving AND NOT EXISTS (SELECT FROM placements p WHERE p.cluster = c.name)").Texts(gone);
        if (gone.Count > 0 || record.Branches.Any(branch => branch.Placements.Any(placement => placement.Gone))) LeavingPromises.Remove(batch);
    }

    private static void Refused(NpgsqlBatch batch, DeliveryRecord record, IReadOnlyList<BranchRefusal> refused, DateTimeOffset now)
    {
        if (refused.Count == 0) return;
        batch.Add(
            """
            UPDATE cluster_delivery d SET failures = row.failures, failing_since = coalesce(d.failing_since, $6), next_try = $6 + make_interval(secs => row.wait),
                tried_version = $7, reason = row.reason, message = row.message
            FROM unnest($1, $2, $3, $4, $5) AS row (cluster, failures, wait, reason, message) WHERE d.cluster = row.cluster
            """)
            .Texts(refused.Select(row => row.Cluster)).Integers(refused.Select(row => (int?)row.Failures)).Doubles(refused.Select(row => row.Wait.TotalSeconds))
            .Texts(refused.Select(row => row.Reason)).Texts(refused.Select(row => row.Message)).Time(now).Number(record.Version);
        EventRows.Modified(batch, "Cluster", refused.Select(row => row.Cluster));
    }
}
