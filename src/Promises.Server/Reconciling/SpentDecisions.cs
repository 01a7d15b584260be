using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>Once the branch reflects a change, what it allowed is done, and not allowed again.</summary>
internal static class SpentDecisions
{
    public static void End(NpgsqlBatch batch, DeliveryRecord record)
    {
        // A stalled placement keeps its old files until it can be written; then what was allowed is still allowed.
        var stalled = record.Branches.SelectMany(branch => branch.Placements).Where(placement => placement.StalledReason is not null).ToList();
        var clusters = record.Branches.SelectMany(branch => branch.Clusters).Select(cluster => cluster.Cluster).ToList();
        batch.Add(
            """
            DELETE FROM removal_grants g WHERE g.cluster = ANY($1) AND g.change <= $2
                AND NOT EXISTS (SELECT FROM unnest($3, $4) AS stalled (promise, cluster) WHERE stalled.promise = g.promise AND stalled.cluster = g.cluster)
            """)
            .Texts(clusters).Number(record.Version).Texts(stalled.Select(placement => placement.Promise)).Texts(stalled.Select(placement => placement.Cluster));

        // Of several branches, some may be written and some refused: what is left of a decision is for those.
        batch.Add(
            """
            UPDATE holds h SET items = rest.items, settled = cardinality(rest.items) = 0
            FROM (
                SELECT number, ARRAY(SELECT item FROM unnest(items) AS item WHERE NOT (item = ANY($3) OR split_part(item, ':', 1) = ANY($4))) AS items
                FROM holds WHERE state_store = $1 AND NOT settled AND decided_version <= $2) AS rest
            WHERE h.number = rest.number
            """)
            .Text(record.Store).Number(record.Version).Texts(clusters).Texts(record.Branches.Select(branch => branch.Branch));
    }
}
