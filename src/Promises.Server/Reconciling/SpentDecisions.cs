using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>
/// Once the branch reflects a change, what it allowed is done, and not allowed again. What is only proposed is not done: it is looked at anew, and allowed anew, until it is
/// merged; and what was proposed before may be merged, and has to go again, as long as its files are noted.
/// </summary>
internal static class SpentDecisions
{
    public static void End(NpgsqlBatch batch, DeliveryRecord record)
    {
        // A stalled placement keeps its old files until it can be written; then what was allowed is still allowed.
        var stalled = record.Branches.SelectMany(branch => branch.Placements).Where(placement => placement.StalledReason is not null).ToList();
        var clusters = record.Branches.SelectMany(branch => branch.Clusters).Where(cluster => !cluster.IsPending).Select(cluster => cluster.Cluster).ToList();
        batch.Add(
            """
            DELETE FROM removal_grants g WHERE g.cluster = ANY($1) AND g.change <= $2
                AND NOT EXISTS (SELECT FROM unnest($3, $4) AS stalled (promise, cluster) WHERE stalled.promise = g.promise AND stalled.cluster = g.cluster)
                AND NOT EXISTS (SELECT FROM proposed_files f WHERE f.state_store = g.state_store AND split_part(f.owner, '.', -1) = g.cluster)
            """)
            .Texts(clusters).Number(record.Version).Texts(stalled.Select(placement => placement.Promise)).Texts(stalled.Select(placement => placement.Cluster));
        if (record.Proposed is not null) KeepOfGone(batch, record);

        // Of several branches, some may be written and some refused: what is left of a decision is for those.
        batch.Add(
            """
            UPDATE holds h SET items = rest.items, settled = cardinality(rest.items) = 0
            FROM (
                SELECT number, ARRAY(SELECT item FROM unnest(items) AS item WHERE NOT (item = ANY($3) OR split_part(item, ':', 1) = ANY($4))) AS items
                FROM holds WHERE state_store = $1 AND NOT settled AND decided_version <= $2) AS rest
            WHERE h.number = rest.number
            """)
            .Text(record.Store).Number(record.Version).Texts(clusters).Texts(Branches(record));
    }

    /// <summary>Grants go with their cluster. What was proposed for it may be merged all the same.</summary>
    private static void KeepOfGone(NpgsqlBatch batch, DeliveryRecord record)
    {
        var gone = record.Branches.SelectMany(branch => branch.Clusters).Where(cluster => cluster is { Gone: true, IsPending: false }).Select(cluster => cluster.Cluster).ToList();
        if (gone.Count == 0) return;
        batch.Add(
            """
            UPDATE proposed_files f SET withdrawn = true FROM removal_grants g
            WHERE g.cluster = ANY($2) AND g.promise IS NULL AND g.files IS NULL AND f.state_store = $1 AND split_part(f.owner, '.', -1) = g.cluster
            """)
            .Text(record.Store).Texts(gone);
    }

    /// <summary>The branches about which nothing is left to decide. A store has those of its mode only, so decisions about the others are over.</summary>
    private static IEnumerable<string> Branches(DeliveryRecord record) => record.Proposed is { } proposed
        ? proposed.Resting.Append(record.Branch)
        : record.Branches.Select(branch => branch.Branch).Concat(record.EndedProposals);
}
