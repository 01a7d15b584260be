using Npgsql;
using Promises.Data;

namespace Promises.Server.Reconciling;

/// <summary>Which stores have something to do, and whether another replica sees to it.</summary>
internal sealed class StoreBacklog(NpgsqlDataSource database, DataDirectory directory)
{
    /// <summary>All that is open waits for somebody to merge it. The looks tell when one of the branches moves.</summary>
    private const string IsProposed =
        """
        (s.mode = 'Proposal' AND EXISTS (
            SELECT FROM (SELECT min(p.version) FILTER (WHERE p.phase = 'Open') AS version, bool_and(p.phase IN ('Open', 'Closed')) AS known FROM proposals p WHERE p.state_store = s.name) AS open
            WHERE open.known AND open.version >= s.resource_version
                AND NOT EXISTS (SELECT FROM cluster_delivery d WHERE d.state_store = s.name AND d.wanted_version > greatest(d.written_version, open.version))
                AND NOT EXISTS (SELECT FROM change_stores c WHERE c.state_store = s.name AND NOT c.settled AND c.change > open.version)))
        """;

    private const string IsBehind =
        $"""
        (EXISTS (SELECT FROM store_delivery d WHERE d.state_store = s.name AND (d.intent_commit IS NOT NULL OR d.failures > 0 OR d.sync_wanted_at IS NOT NULL))
            OR (NOT {IsProposed} AND (
                EXISTS (SELECT FROM cluster_delivery d WHERE d.state_store = s.name AND d.wanted_version > d.written_version)
                OR EXISTS (SELECT FROM proposals p WHERE p.state_store = s.name AND p.phase <> 'Closed')
                OR EXISTS (SELECT FROM change_stores c WHERE c.state_store = s.name AND NOT c.settled))))
        """;

    /// <summary>For its next try, or for somebody to merge what is proposed.</summary>
    private const string Waits =
        """
        (EXISTS (SELECT FROM store_delivery d WHERE d.state_store = s.name AND d.failures > 0 AND d.next_try > clock_timestamp())
            OR EXISTS (SELECT FROM proposals p WHERE p.state_store = s.name AND p.phase = 'Open' AND NOT EXISTS (
                SELECT FROM cluster_delivery d WHERE d.state_store = s.name AND d.wanted_version > greatest(d.written_version, p.version))))
        """;

    /// <summary>Stores that are behind, failing ones too, and whether another replica has them.</summary>
    public async Task<IReadOnlyList<(string Store, bool IsTaken)>> FindAsync(long replica, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        LeavingPromises.Remove(batch);
        batch.BatchCommands.Add(new(
            $"""
            SELECT s.name, coalesce({LeaseRows.IsTaken}, false) FROM state_stores s LEFT JOIN store_lease l ON l.state_store = s.name LEFT JOIN store_homes h ON h.state_store = s.name
            WHERE {IsBehind} AND (s.url IS NOT NULL OR h.server IS NULL OR h.server = $1)
            ORDER BY s.name
            """)
        {
            Parameters = { new() { Value = directory.ServerId }, new() { Value = replica } },
        });
        var stores = new List<(string, bool)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) stores.Add((reader.GetString(0), reader.GetBoolean(1)));
        return stores;
    }

    /// <summary>How it stands with these stores; those that do not exist are left out.</summary>
    public async Task<IReadOnlyDictionary<string, StoreStanding>> LookAsync(
        IReadOnlyCollection<string> stores, long replica, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT s.name, CASE WHEN NOT {IsBehind} THEN 0 WHEN NOT {LeaseRows.IsTaken} AND NOT {LeaseRows.IsShunned} THEN 1 WHEN {Waits} THEN 0 ELSE 2 END
            FROM state_stores s LEFT JOIN store_lease l ON l.state_store = s.name WHERE s.name = ANY($1)
            """);
        command.Parameters.Add(new() { Value = stores.ToArray() });
        command.Parameters.Add(new() { Value = replica });
        command.Parameters.Add(new() { Value = duration });
        var standings = new Dictionary<string, StoreStanding>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) standings.Add(reader.GetString(0), (StoreStanding)reader.GetInt32(1));
        return standings;
    }
}

/// <summary>Settled: nothing to do, or not now. Free: behind, and anybody's. Taken: behind, and a living replica has it, or it is shunned.</summary>
internal enum StoreStanding { Settled, Free, Taken }
