using Npgsql;
using Promises.Data;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>
/// An embedded store lies in the data directory of one server, its home, and only that one writes it. The home is set when the store is made by a server that
/// writes; else, and for stores from before there were homes, by the first that takes it.
/// </summary>
internal sealed class StoreHomes(NpgsqlDataSource database, DataDirectory directory, IEmbeddedStores embedded)
{
    /// <summary>Of a store <c>s</c>: whether server $4 may write it.</summary>
    public const string IsHere = "(s.url IS NOT NULL OR EXISTS (SELECT FROM store_homes h WHERE h.state_store = s.name AND h.server = $4))";

    /// <summary>Says in the deciding transaction where new stores lie.</summary>
    /// <param name="here">False: the first worker that sees them takes them.</param>
    public async Task SettleAsync(NpgsqlConnection connection, IReadOnlyCollection<string> stores, bool here, CancellationToken cancellationToken)
    {
        if (stores.Count == 0) return;
        await using var command = new NpgsqlCommand("INSERT INTO store_homes (state_store, server) SELECT name, $2 FROM state_stores WHERE name = ANY($1) AND url IS NULL", connection);
        command.Parameters.Add(new() { Value = stores.ToArray() });
        command.Parameters.Add(new() { Value = here ? directory.ServerId : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>At the start: stores from before there were homes, whose repositories are here.</summary>
    public async Task AdoptFoundAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT name FROM state_stores s WHERE url IS NULL AND NOT EXISTS (SELECT FROM store_homes h WHERE h.state_store = s.name)");
        var open = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) open.Add(reader.GetString(0));
        }

        foreach (var store in open.Where(store => Directory.Exists(embedded.PathOf(store)))) await AdoptAsync(store, cancellationToken);
    }

    /// <summary>Takes a store that nobody has taken yet. Whether it was this server that got it shows in the claim.</summary>
    public async Task AdoptAsync(string store, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO store_homes AS h (state_store, server) SELECT name, $2 FROM state_stores WHERE name = $1 AND url IS NULL
            ON CONFLICT (state_store) DO UPDATE SET server = excluded.server WHERE h.server IS NULL
            """);
        command.Parameters.Add(new() { Value = store });
        command.Parameters.Add(new() { Value = directory.ServerId });
        await command.ExecuteNonQueryAsync(cancellationToken);
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
}

/// <param name="Host">Null if no server has taken it yet.</param>
internal sealed record StoreHome(bool IsHere, string? Host);
