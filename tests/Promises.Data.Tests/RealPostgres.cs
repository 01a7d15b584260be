using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Promises.Data.Tests;

/// <summary>A private PostgreSQL in few words.</summary>
internal static class RealPostgres
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static PrivatePostgres Create(DataDirectory directory, PrivatePostgresOptions options) =>
        new(directory, options, TimeProvider.System, NullLogger<PrivatePostgres>.Instance);

    public static async Task<PrivatePostgres> StartAsync(DataDirectory directory, PrivatePostgresOptions? options = null)
    {
        var server = Create(directory, options ?? new PrivatePostgresOptions());
        await server.StartAsync(Cancel);
        return server;
    }

    /// <summary>The directory of its socket.</summary>
    public static string Socket(this PrivatePostgres server) => new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;

    public static async Task<object?> RunAsync(this PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
