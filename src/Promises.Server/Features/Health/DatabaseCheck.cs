using Npgsql;

namespace Promises.Server.Features.Health;

internal sealed class DatabaseCheck(NpgsqlDataSource database) : IReadinessCheck
{
    public string Name => "database";

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (NpgsqlException)
        {
            return "out of reach";
        }
    }
}
