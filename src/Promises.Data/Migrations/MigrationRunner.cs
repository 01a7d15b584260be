using Npgsql;

namespace Promises.Data;

/// <summary>Brings a database to the schema of this program: plain SQL files, forward only, each in a transaction of its own.</summary>
public sealed class MigrationRunner(NpgsqlDataSource database, IReadOnlyList<Migration> migrations)
{
    // Any number will do that nobody else uses in this database; these are the letters "promises".
    private const long LockKey = 0x70726f6d69736573;

    public MigrationRunner(NpgsqlDataSource database) : this(database, Migration.Embedded) { }

    /// <summary>Applies what is missing and answers the names. Runners that start at once wait for each other.</summary>
    /// <exception cref="MigrationException">The database does not fit to this program, or a migration failed; what was applied before it stays.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        while (await ApplyNextAsync(cancellationToken) is { } name) applied.Add(name);
        return applied;
    }

    public async Task<MigrationState> StateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await StateAsync(connection, cancellationToken);
    }

    /// <summary>Names of the migrations still to apply.</summary>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        [.. (await StateAsync(cancellationToken)).Pending.Select(migration => migration.Name)];

    // The lock belongs to the transaction, not the session: it works behind a pooler, and is never left behind.
    private async Task<string?> ApplyNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0", cancellationToken);
        await RunAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        await RunAsync(
            connection,
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       varchar(127) COLLATE "C" NOT NULL PRIMARY KEY,
                checksum   varchar(71) COLLATE "C" NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """,
            cancellationToken);

        var state = await StateAsync(connection, cancellationToken);
        if (state.Conflict is not null) throw new MigrationException(state.Conflict);
        if (state.Pending is not [var next, ..]) return null;

        try
        {
            await RunAsync(connection, next.Sql, cancellationToken);
        }
        catch (PostgresException exception)
        {
            throw new MigrationException($"Migration {next.Name} could not be applied; PostgreSQL says: {exception.MessageText} ({exception.SqlState}).", exception);
        }

        await using var record = new NpgsqlCommand("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", connection);
        record.Parameters.Add(new() { Value = next.Name });
        record.Parameters.Add(new() { Value = next.Checksum });
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return next.Name;
    }

    private async Task<MigrationState> StateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new List<(string, string)>();
        await using var exists = new NpgsqlCommand("SELECT to_regclass('schema_migrations') IS NOT NULL", connection);
        if ((bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
        {
            await using var select = new NpgsqlCommand("SELECT name, checksum FROM schema_migrations ORDER BY name", connection);
            await using var reader = await select.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) applied.Add((reader.GetString(0), reader.GetString(1)));
        }

        return MigrationState.Of(migrations, applied);
    }

    // No client-side timeout: waiting for another runner, and rewriting a big table, take as long as they take.
    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
