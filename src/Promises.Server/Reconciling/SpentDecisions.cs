using Npgsql;
using NpgsqlTypes;

namespace Promises.Server.Reconciling;

/// <summary>Once the branch reflects a change, what it allowed is done, and not allowed again.</summary>
internal static class SpentDecisions
{
    public static void End(NpgsqlBatch batch, DeliveryRecord record)
    {
        // A stalled placement keeps its old files until it can be written; then what was allowed is still allowed.
        var stalled = record.Placements.Where(placement => placement.StalledReason is not null).ToList();
        var command = new NpgsqlBatchCommand(
            """
            DELETE FROM removal_grants g WHERE g.cluster = ANY($1) AND g.change <= $2
                AND NOT EXISTS (SELECT FROM unnest($3, $4) AS stalled (promise, cluster) WHERE stalled.promise = g.promise AND stalled.cluster = g.cluster)
            """);
        command.Parameters.Add(Texts(record.Clusters.Select(cluster => cluster.Cluster)));
        command.Parameters.Add(new() { Value = record.Version });
        command.Parameters.Add(Texts(stalled.Select(placement => placement.Promise)));
        command.Parameters.Add(Texts(stalled.Select(placement => placement.Cluster)));
        batch.BatchCommands.Add(command);

        // Those about files end when no such file is left to go; those about a whole batch with the batch.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "UPDATE holds SET settled = true, items = '{}' WHERE state_store = $1 AND NOT settled AND decided_version <= $2 AND reason <> 'UnconfirmedRemoval'")
        {
            Parameters = { new() { Value = record.Store }, new() { Value = record.Version } },
        });
    }

    private static NpgsqlParameter Texts(IEnumerable<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
