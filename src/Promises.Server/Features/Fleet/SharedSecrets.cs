using System.Security.Cryptography;
using Npgsql;

namespace Promises.Server.Features.Fleet;

/// <summary>Random values that all replicas on one database share, made by the first that asks.</summary>
internal static class SharedSecrets
{
    public static async Task<byte[]> GetOrCreateAsync(NpgsqlDataSource database, string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH made AS (INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING value)
            SELECT value FROM made UNION ALL SELECT value FROM settings WHERE name = $1 LIMIT 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        command.Parameters.Add(new NpgsqlParameter { Value = RandomNumberGenerator.GetBytes(32) });
        // Two replicas at once: the loser's insert does nothing and its select cannot see the winner's row yet, so it asks again.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is byte[] value) return value;
        }

        throw new InvalidOperationException($"The setting '{name}' could neither be made nor read.");
    }
}
