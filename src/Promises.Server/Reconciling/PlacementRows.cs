using Npgsql;
using Promises.Model;
using Promises.Server.Features.Events;
using Promises.Server.Features.Placements;

namespace Promises.Server.Reconciling;

/// <summary>Records what is on the branches of placements: which files, since which commit, or why not.</summary>
internal static class PlacementRows
{
    public static void Add(NpgsqlBatch batch, DeliveryRecord record, DateTimeOffset now)
    {
        var all = record.Branches.SelectMany(branch => branch.Placements.Select(placement => (Branch: branch, Placement: placement))).ToList();
        var uids = record.Uids();
        Manifests(batch, record);
        Written(batch, [.. all.Where(row => row.Placement is { Gone: false, StalledReason: null })], uids, now);
        Stalled(batch, [.. all.Select(row => row.Placement).Where(placement => placement.StalledReason is not null)], uids, now);
        Gone(batch, [.. all.Select(row => row.Placement).Where(placement => placement.Gone)], uids);
    }

    private static void Manifests(NpgsqlBatch batch, DeliveryRecord record)
    {
        if (record.Manifests.Count == 0) return;
        var ordered = record.Manifests.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        batch.Add("INSERT INTO file_manifests (digest, files) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING")
            .Texts(ordered.Select(pair => pair.Key)).Jsons(ordered.Select(pair => SqlText.Json(pair.Value)));
    }

    private static void Written(NpgsqlBatch batch, List<(BranchRecord Branch, PlacementRecord Placement)> rows, IReadOnlyDictionary<string, Guid?> uids, DateTimeOffset now)
    {
        if (rows.Count == 0) return;

        // Whose files were there already keeps the commit that brought them; found ones came with the base.
        batch.Add(EventRows.OfPlacements(
            $"""
            UPDATE placements p SET
                written_at = CASE WHEN (p.digest IS NOT DISTINCT FROM row.digest AND (p.delivers OR p.digest IS NOT NULL) AND NOT p.leaving) <> {WrittenRule.Sql} THEN $10 ELSE p.written_at END,
                written_digest = row.digest, written_revision = row.revision, written_manifest = row.manifest, written_child = row.child,
                commit = CASE WHEN row.manifest IS NULL THEN NULL WHEN row.changed THEN row.commit ELSE coalesce(p.commit, row.base) END,
                stalled_reason = NULL, stalled_message = NULL, proposed_digest = NULL
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $11) AS row (promise, cluster, digest, revision, manifest, child, changed, commit, base, uid)
            WHERE p.promise = row.promise AND p.cluster = row.cluster AND {ClusterRows.IsSame}
                AND (row.changed OR p.stalled_reason IS NOT NULL OR p.proposed_digest IS NOT NULL OR (p.commit IS NULL) <> (row.manifest IS NULL)
                    OR (p.written_digest, p.written_revision, p.written_manifest, p.written_child) IS DISTINCT FROM (row.digest, row.revision, row.manifest, row.child))
            """))
            .Texts(rows.Select(row => row.Placement.Promise)).Texts(rows.Select(row => row.Placement.Cluster)).Texts(rows.Select(row => row.Placement.Wanted))
            .Integers(rows.Select(row => row.Placement.Revision)).Texts(rows.Select(row => row.Placement.Manifest)).Texts(rows.Select(row => row.Placement.Child))
            .Flags(rows.Select(row => row.Placement.Changed)).Texts(rows.Select(row => row.Branch.Commit)).Texts(rows.Select(row => row.Branch.Base)).Time(now)
            .Uids(rows.Select(row => uids.GetValueOrDefault(row.Placement.Cluster)));
    }

    private static void Stalled(NpgsqlBatch batch, List<PlacementRecord> rows, IReadOnlyDictionary<string, Guid?> uids, DateTimeOffset now)
    {
        if (rows.Count == 0) return;

        // A decision that came meanwhile starts afresh.
        batch.Add(EventRows.OfPlacements(
            $"""
            UPDATE placements p SET stalled_reason = row.reason, stalled_message = row.message,
                written_at = CASE WHEN {WrittenRule.Sql} THEN $6 ELSE p.written_at END
            FROM unnest($1, $2, $3, $4, $5, $7) AS row (promise, cluster, digest, reason, message, uid)
            WHERE p.promise = row.promise AND p.cluster = row.cluster AND {ClusterRows.IsSame} AND p.digest IS NOT DISTINCT FROM row.digest
            """))
            .Texts(rows.Select(row => row.Promise)).Texts(rows.Select(row => row.Cluster)).Texts(rows.Select(row => row.Wanted))
            .Texts(rows.Select(row => row.StalledReason)).Texts(rows.Select(row => row.StalledMessage)).Time(now)
            .Uids(rows.Select(row => uids.GetValueOrDefault(row.Cluster)));
    }

    private static void Gone(NpgsqlBatch batch, List<PlacementRecord> rows, IReadOnlyDictionary<string, Guid?> uids)
    {
        if (rows.Count == 0) return;
        foreach (var statement in (string[])
            [
                EventRows.OfPlacements(
                    $"""
                    DELETE FROM placements p USING unnest($1, $2, $3) AS row (promise, cluster, uid)
                    WHERE p.promise = row.promise AND p.cluster = row.cluster AND {ClusterRows.IsSame} AND p.leaving
                    """,
                    EventType.Deleted),
                // Wanted again while its files were removed: it is written anew.
                EventRows.OfPlacements(
                    $"""
                    UPDATE placements p SET written_digest = NULL, written_revision = NULL, written_manifest = NULL, written_child = NULL, commit = NULL, proposed_digest = NULL
                    FROM unnest($1, $2, $3) AS row (promise, cluster, uid) WHERE p.promise = row.promise AND p.cluster = row.cluster AND {ClusterRows.IsSame}
                    """),
            ])
        {
            batch.Add(statement).Texts(rows.Select(row => row.Promise)).Texts(rows.Select(row => row.Cluster)).Uids(rows.Select(row => uids.GetValueOrDefault(row.Cluster)));
        }
    }
}
