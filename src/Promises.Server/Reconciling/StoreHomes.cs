using System.Collections.Concurrent;
using Npgsql;
using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// An embedded store lies in the data directory of one server, its home, and only that one writes it. The home is set when the store is made by a server that
/// writes; else, and for stores from before there were homes, by the first that takes it.
/// </summary>
internal sealed partial class StoreHomes(
    NpgsqlDataSource database, DataDirectory directory, IEmbeddedStores embedded, TimeProvider time, ILogger<StoreHomes> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _open = new(StringComparer.Ordinal);

    /// <summary>Of a store <c>s</c>: whether server $4 may write it.</summary>
    public const string IsHere = "(s.url IS NOT NULL OR EXISTS (SELECT FROM store_homes h WHERE h.state_store = s.name AND h.server = $4))";

    /// <summary>Says in the deciding transaction where new stores lie.</summary>
    /// <param name="here">False: the first worker that sees them takes them.</param>
    public void Settle(NpgsqlBatch batch, IReadOnlyCollection<string> stores, bool here)
    {
        if (stores.Count == 0) return;
        var command = new NpgsqlBatchCommand("INSERT INTO store_homes (state_store, server) SELECT name, $2 FROM state_stores WHERE name = ANY($1) AND url IS NULL");
        command.Parameters.Add(new() { Value = stores.ToArray() });
        command.Parameters.Add(new() { Value = here ? directory.ServerId : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        batch.BatchCommands.Add(command);
    }

    /// <summary>At the start: stores that nobody has taken, of which something is here, or nothing anywhere.</summary>
    public async Task AdoptAllAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT name FROM state_stores s WHERE url IS NULL AND NOT EXISTS (SELECT FROM store_homes h WHERE h.state_store = s.name AND h.server IS NOT NULL)");
        var open = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) open.Add(reader.GetString(0));
        }

        foreach (var store in open) await AdoptAsync(store, cancellationToken);
    }

    /// <summary>Takes a store that nobody has taken yet. Whether it was this server that got it shows in the claim.</summary>
    public async Task AdoptAsync(string store, CancellationToken cancellationToken)
    {
        // Made by a server that does not write: what lies here under its name was another store's.
        if (await IsNewAsync(store, cancellationToken)) await embedded.RemoveAsync(store, cancellationToken);

        // It was written by some server, and not here: that one gets the time to come up, because it has the history.
        var patient = !Directory.Exists(embedded.PathOf(store)) && time.GetElapsedTime(_open.GetOrAdd(store, _ => time.GetTimestamp())) < Patience;
        await using var command = database.CreateCommand(
            """
            INSERT INTO store_homes AS h (state_store, server)
            SELECT name, $2 FROM state_stores s WHERE name = $1 AND url IS NULL
                AND NOT ($3 AND EXISTS (SELECT FROM store_delivery d WHERE d.state_store = s.name AND d.head IS NOT NULL))
            ON CONFLICT (state_store) DO UPDATE SET server = excluded.server WHERE h.server IS NULL
            """);
        command.Parameters.Add(new() { Value = store });
        command.Parameters.Add(new() { Value = directory.ServerId });
        command.Parameters.Add(new() { Value = patient });
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0) LogAdopted(store);
    }

    /// <summary>Where a store lies.</summary>
    public async Task<StoreHome> FindAsync(string store, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT h.server, (SELECT r.host FROM replicas r WHERE r.server = h.server ORDER BY r.id DESC LIMIT 1) FROM store_homes h WHERE h.state_store = $1
            """);
        command.Parameters.Add(new() { Value = store });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || reader.IsDBNull(0)) return new StoreHome(false, null);
        return new StoreHome(reader.GetGuid(0) == directory.ServerId, reader.IsDBNull(1) ? "a server that has not been seen for long" : reader.GetString(1));
    }

    private async Task<bool> IsNewAsync(string store, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM store_homes WHERE state_store = $1 AND server IS NULL)");
        command.Parameters.Add(new() { Value = store });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(LogLevel.Information, "The embedded store {Store} lies on this server from now on")]
    private partial void LogAdopted(string store);
}

/// <param name="Host">Null if no server has taken it yet.</param>
internal sealed record StoreHome(bool IsHere, string? Host);
