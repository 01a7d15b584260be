using System.Text.Json;
using Npgsql;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>Records how far the directories of clusters are, and ends those that are off-boarded.</summary>
internal static class ClusterRows
{
    public static void Add(NpgsqlBatch batch, DeliveryRecord record, DateTimeOffset now)
    {
        var rows = record.Branches.SelectMany(branch => branch.Clusters).ToList();
        batch.Add(
            """
            UPDATE cluster_delivery d SET files = coalesce(row.files, d.files),
                -- One that was up to date and is not any more has its files changed by somebody else.
                written_version = CASE WHEN row.pending THEN least(d.written_version, d.wanted_version - 1) ELSE greatest(d.written_version, $5) END,
                findings_at = CASE WHEN row.findings IS NULL OR row.findings = d.findings THEN d.findings_at ELSE $6 END,
                findings = coalesce(row.findings, d.findings)
            FROM unnest($1, $2, $3, $4) AS row (cluster, files, findings, pending) WHERE d.cluster = row.cluster
            """)
            .Texts(rows.Select(row => row.Cluster)).Jsons(rows.Select(row => row is { IsPending: true, IsChanged: true } ? null : SqlText.Json(row.Files)))
            .Jsons(rows.Select(row => row.Findings is null ? null : JsonSerializer.Serialize(row.Findings)))
            .Flags(rows.Select(row => row.IsPending)).Number(record.Version).Time(now);
        EventRows.Modified(batch, "Cluster", rows.Where(row => row is { Gone: false, Findings: not null }).Select(row => row.Cluster));

        var gone = rows.Where(row => row is { Gone: true, IsPending: false }).Select(row => row.Cluster).ToList();
        if (gone.Count > 0)
            batch.Add("DELETE FROM clusters c WHERE c.name = ANY($1) AND c.leaving AND NOT EXISTS (SELECT FROM placements p WHERE p.cluster = c.name)").Texts(gone);
        if (gone.Count > 0 || record.Branches.Any(branch => branch.Placements.Any(placement => placement.Gone))) LeavingPromises.Remove(batch);
    }
}
