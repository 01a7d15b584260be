using Npgsql;
using Promises.Model;
using Promises.Server.Features.Events;
using Promises.Server.Features.Placements;

namespace Promises.Server.Reconciling;

/// <summary>Records how far proposals are, and which placements wait in them.</summary>
internal static class ProposalRows
{
    /// <summary>Older commits of a branch that is replaced again and again; a host that shows one of these is long behind.</summary>
    private const int MostCommits = 100;

    /// <summary>Before the push. It only adds, so whoever lost the store meanwhile does no harm with it.</summary>
    public static void Note(NpgsqlBatch batch, StoreWork work, string branch, string environment, string head, string? from, IReadOnlyList<OwnedPath> files, DateTimeOffset now)
    {
        batch.Add(
            $"""
            INSERT INTO proposals AS p (state_store, environment, branch, phase, head, base, commits, version, at)
            SELECT name, $2, $3, 'Pushing', $4, $5, ARRAY[$4], $6, $7 FROM state_stores WHERE name = $1
            ON CONFLICT (state_store, environment) DO UPDATE SET phase = excluded.phase, head = excluded.head, base = excluded.base,
                commits = (p.commits || excluded.commits)[greatest(1, cardinality(p.commits) + 2 - {MostCommits}):], version = excluded.version, at = excluded.at
            """)
            .Text(work.Store.Name).Text(environment).Text(branch).Text(head).Text(from).Number(work.Version).Time(now);
        if (files.Count == 0) return;
        batch.Add(
            """
            INSERT INTO proposed_files (state_store, environment, path, blob, owner)
            SELECT p.state_store, p.environment, row.path, row.blob, row.owner FROM proposals p, unnest($3, $4, $5) AS row (path, blob, owner)
            WHERE p.state_store = $1 AND p.environment = $2
            ON CONFLICT (state_store, environment, path, blob, owner) DO UPDATE SET withdrawn = false
            """)
            .Text(work.Store.Name).Text(environment).Texts(files.Select(file => file.Path)).Texts(files.Select(file => file.Blob)).Texts(files.Select(file => file.Owner));
    }

    public static void Add(NpgsqlBatch batch, DeliveryRecord record, DateTimeOffset now)
    {
        if (record.EndedProposals.Count > 0) Close(batch, record.Store);
        foreach (var proposal in record.Proposed?.Environments ?? [])
        {
            batch.Add("UPDATE proposals SET phase = $3, head = $4, base = $5, version = $6 WHERE state_store = $1 AND environment = $2")
                .Text(record.Store).Text(proposal.Environment).Text(proposal.Phase.ToString()).Text(proposal.Head).Text(proposal.Base).Number(proposal.Version);
            if (proposal.Phase == ProposalPhase.Closed)
                batch.Add("DELETE FROM proposed_files WHERE state_store = $1 AND environment = $2").Text(record.Store).Text(proposal.Environment);
            Placements(batch, proposal, now);
        }
    }

    private static void Close(NpgsqlBatch batch, string store)
    {
        batch.Add("UPDATE proposals SET phase = 'Closed' WHERE state_store = $1").Text(store);
        batch.Add("DELETE FROM proposed_files WHERE state_store = $1").Text(store);
    }

    private static void Placements(NpgsqlBatch batch, ProposedEnvironment proposal, DateTimeOffset now)
    {
        var rows = proposal.Placements;
        batch.Add("UPDATE placements SET proposed_digest = NULL WHERE cluster = ANY($1) AND proposed_digest IS NOT NULL AND name <> ALL ($2)")
            .Texts(proposal.Clusters).Texts(rows.Select(row => $"{row.Promise}.{row.Cluster}"));
        if (rows.Count == 0) return;

        // One that counted as written has had its files changed by somebody else, and is not written until they are put right.
        batch.Add(EventRows.OfPlacements(
            $"""
            UPDATE placements p SET proposed_digest = row.digest,
                written_at = CASE WHEN p.written_digest = row.digest AND {WrittenRule.Sql} THEN $4 ELSE p.written_at END,
                written_digest = CASE WHEN p.written_digest = row.digest THEN NULL ELSE p.written_digest END,
                stalled_reason = NULL, stalled_message = NULL
            FROM unnest($1, $2, $3) AS row (promise, cluster, digest)
            WHERE p.promise = row.promise AND p.cluster = row.cluster
                AND (p.proposed_digest IS DISTINCT FROM row.digest OR p.written_digest = row.digest OR p.stalled_reason IS NOT NULL)
            """))
            .Texts(rows.Select(row => row.Promise)).Texts(rows.Select(row => row.Cluster)).Texts(rows.Select(row => row.Wanted ?? "")).Time(now);
    }
}
