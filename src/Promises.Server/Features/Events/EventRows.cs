using Npgsql;
using NpgsqlTypes;
using Promises.Model;

namespace Promises.Server.Features.Events;

/// <summary>
/// Rows of the log for what changes without a change of the fleet: the status of an object. Whoever moves a status appends one in the same transaction; what the
/// status is then, readers look up themselves. One statement, however many objects.
/// </summary>
internal static class EventRows
{
    private const string Insert = "INSERT INTO fleet_events (type, kind, name, detail)";

    /// <param name="detail">What else there is to say, such as what a repair found.</param>
    public static void Modified(NpgsqlBatch batch, string kind, IEnumerable<string> names, string? detail = null)
    {
        var all = names.ToArray();
        if (all.Length == 0) return;
        var command = new NpgsqlBatchCommand($"{Insert} SELECT 'Modified', $1, name, $2 FROM unnest($3) AS row (name)");
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = (object?)detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = all, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(command);
    }

    /// <summary>The same statement, which also appends rows for the placements it moved, and for the clusters and Promises that count them.</summary>
    /// <param name="statement">An UPDATE or DELETE of <c>placements p</c> without RETURNING.</param>
    public static string OfPlacements(string statement, EventType type = EventType.Modified) =>
        $"""
        WITH moved AS ({statement} RETURNING p.name, p.promise, p.cluster)
        {Insert} SELECT '{type}', 'Placement', name, NULL FROM moved
        UNION ALL SELECT DISTINCT 'Modified', 'Cluster', cluster, NULL FROM moved
        UNION ALL SELECT DISTINCT 'Modified', 'Promise', promise, NULL FROM moved
        """;

    /// <summary>The same statement, which also appends a row for the state stores it moved, and on a condition for the placements that wait for them.</summary>
    /// <param name="statement">An UPDATE of <c>store_delivery</c> without RETURNING.</param>
    public static string OfWaiting(string statement, string condition) =>
        $"""
        WITH moved AS ({statement} RETURNING state_store)
        {Insert} SELECT 'Modified', 'StateStore', state_store, NULL FROM moved
        UNION ALL SELECT 'Modified', 'Placement', p.name, NULL FROM moved JOIN clusters c USING (state_store) JOIN placements p ON p.cluster = c.name
        WHERE {condition} AND (p.leaving OR p.digest IS DISTINCT FROM p.written_digest)
        """;

    /// <summary>Rows for a store, for the placements that wait for it, and for the clusters and Promises that count those.</summary>
    public static void Waiting(NpgsqlBatch batch, string store)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            WITH waiting AS (
                SELECT p.name, p.promise, p.cluster FROM clusters c JOIN placements p ON p.cluster = c.name
                WHERE c.state_store = $1 AND (p.leaving OR p.digest IS DISTINCT FROM p.written_digest))
            {Insert} SELECT 'Modified', 'StateStore', $1, NULL
            UNION ALL SELECT 'Modified', 'Placement', name, NULL FROM waiting
            UNION ALL SELECT DISTINCT 'Modified', 'Cluster', cluster, NULL FROM waiting
            UNION ALL SELECT DISTINCT 'Modified', 'Promise', promise, NULL FROM waiting
            """);
        command.Parameters.Add(new() { Value = store });
        batch.BatchCommands.Add(command);
    }

    /// <summary>The same statement, which also appends a row for every name it returns as <c>name</c>.</summary>
    /// <param name="statement">With RETURNING.</param>
    public static string Of(string kind, string statement) =>
        $"WITH moved AS ({statement}) {Insert} SELECT DISTINCT 'Modified', '{kind}', name, NULL FROM moved";
}
