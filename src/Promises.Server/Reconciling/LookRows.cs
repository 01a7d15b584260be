using Npgsql;
using NpgsqlTypes;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>What looking at branches needs of the database: where they were left, and where it is noted that they are there still.</summary>
internal sealed class LookRows(NpgsqlDataSource database, DataDirectory directory, StoreLeases leases)
{
    // A store that fails is tried again by itself (one of which only some branches fail has no time for that of its own), one that was never written has no branch to look at, and one that another server has is looked at by that one.
    private const string Targets =
        $"""
        SELECT s.name, s.url, s.credential_name, s.branch, d.head, d.intent_commit,
            ARRAY(SELECT p.branch::text FROM proposals p WHERE p.state_store = s.name AND p.phase = 'Open' ORDER BY p.environment),
            ARRAY(SELECT p.head::text FROM proposals p WHERE p.state_store = s.name AND p.phase = 'Open' ORDER BY p.environment)
        FROM state_stores s JOIN store_delivery d ON d.state_store = s.name
        LEFT JOIN store_lease l ON l.state_store = s.name LEFT JOIN store_homes h ON h.state_store = s.name
        WHERE (d.failures = 0 OR d.next_try IS NULL) AND d.transition_at IS NOT NULL AND (s.url IS NOT NULL OR h.server IS NULL OR h.server = $1) AND NOT {LeaseRows.IsTaken}
        """;

    /// <summary>Stores whose repository is on this machine.</summary>
    public Task<IReadOnlyList<LookTarget>> LocalAsync(CancellationToken cancellationToken) =>
        ReadAsync($"{Targets} AND (s.url IS NULL OR s.url LIKE 'file:%')", cancellationToken);

    public Task<IReadOnlyList<LookTarget>> NamedAsync(IEnumerable<string> stores, CancellationToken cancellationToken) =>
        ReadAsync($"{Targets} AND s.name = ANY($3)", cancellationToken, new NpgsqlParameter { Value = stores.ToArray() });

    /// <summary>Stores elsewhere, and these, that nobody has seen since then: longest ago first.</summary>
    public Task<IReadOnlyList<LookTarget>> DueAsync(DateTimeOffset since, int most, IEnumerable<string> these, CancellationToken cancellationToken) =>
        ReadAsync(
            $"{Targets} AND (s.url NOT LIKE 'file:%' OR s.name = ANY($5)) AND (d.seen_at IS NULL OR d.seen_at < $3) ORDER BY d.seen_at NULLS FIRST, s.name LIMIT $4",
            cancellationToken, new NpgsqlParameter { Value = since }, new NpgsqlParameter { Value = most }, new NpgsqlParameter { Value = these.ToArray() });

    /// <summary>Evidence for the status of these stores.</summary>
    public async Task SeenAsync(IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> stores, CancellationToken cancellationToken)
    {
        if (stores.Count == 0) return;
        await using var command = database.CreateCommand(
            """
            UPDATE store_delivery d SET seen_at = row.at FROM unnest($1, $2) AS row (store, at)
            WHERE d.state_store = row.store AND (d.failures = 0 OR d.next_try IS NULL) AND d.transition_at IS NOT NULL AND (d.seen_at IS NULL OR d.seen_at < row.at)
            """);
        command.Parameters.Add(new() { Value = stores.Select(store => store.Key).ToArray() });
        command.Parameters.Add(new() { Value = stores.Select(store => store.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<LookTarget>> ReadAsync(string statement, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        // Without a session nothing would be written, whatever was seen.
        if (leases.Replica is not { } replica) return [];
        await using var command = database.CreateCommand(statement);
        command.Parameters.Add(new() { Value = directory.ServerId });
        command.Parameters.Add(new() { Value = replica });
        command.Parameters.AddRange(parameters);
        var targets = new List<LookTarget>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var pattern = reader.GetString(3);
                var heads = new Dictionary<string, string?>(StringComparer.Ordinal) { [pattern] = Text(reader, 4) };
                foreach (var (branch, head) in reader.GetFieldValue<string[]>(6).Zip(reader.GetFieldValue<string[]>(7))) heads[branch] = head;
                targets.Add(new LookTarget(reader.GetString(0), Text(reader, 1), Text(reader, 2), BranchPattern.IsPerCluster(pattern), heads, Text(reader, 5)));
            }
        }

        var many = targets.Where(target => target.IsBranchPerCluster).ToList();
        if (many.Count == 0) return targets;
        var branches = await BranchesAsync(many, cancellationToken);
        return [.. targets.Select(target => target.IsBranchPerCluster ? target with { Heads = branches[target.Store] } : target)];
    }

    /// <summary>Of stores with a branch for each cluster, less those to which nothing was written yet.</summary>
    private async Task<IReadOnlyDictionary<string, Dictionary<string, string?>>> BranchesAsync(IReadOnlyList<LookTarget> stores, CancellationToken cancellationToken)
    {
        var patterns = stores.ToDictionary(store => store.Store, store => store.Branches.Single(), StringComparer.Ordinal);
        await using var command = database.CreateCommand("SELECT state_store, cluster, head FROM cluster_delivery WHERE state_store = ANY($1) AND head IS NOT NULL");
        command.Parameters.Add(new() { Value = patterns.Keys.ToArray() });
        var branches = patterns.Keys.ToDictionary(store => store, _ => new Dictionary<string, string?>(StringComparer.Ordinal), StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var store = reader.GetString(0);
            branches[store][BranchPattern.Of(patterns[store], reader.GetString(1))] = reader.GetString(2);
        }

        return branches;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
