using Npgsql;

namespace Promises.Data;

internal static class PrivateDatabase
{
    /// <summary>A fresh PostgreSQL has only its own databases.</summary>
    public static async Task EnsureAsync(string connectionString, CancellationToken cancellationToken)
    {
        var wanted = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        try
        {
            await using var maintenance = new NpgsqlConnection(Maintenance(connectionString));
            await maintenance.OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", maintenance) { Parameters = { new() { Value = wanted } } };
            if ((long)(await exists.ExecuteScalarAsync(cancellationToken))! > 0) return;
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{wanted}\"", maintenance);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new PrivatePostgresException($"Could not create the database {wanted} in the private PostgreSQL: {exception.Message}", exception);
        }
    }

    /// <summary>Whether connections are taken; not while it starts or recovers.</summary>
    public static async Task<bool> AnswersAsync(string socketDirectory, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Maintenance($"Host={socketDirectory};Username={PrivatePostgres.UserName}"));
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string Maintenance(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false, Timeout = 5, CommandTimeout = 60 }.ConnectionString;
}
