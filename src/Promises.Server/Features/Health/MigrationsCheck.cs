using Npgsql;
using Promises.Data;

namespace Promises.Server.Features.Health;

internal sealed class MigrationsCheck(MigrationRunner migrations) : IReadinessCheck
{
    public string Name => "migrations";

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await migrations.StateAsync(cancellationToken);
            return state.Conflict is not null ? "the database does not fit to this version" : state.Pending.Count > 0 ? "not all applied" : null;
        }
        catch (NpgsqlException)
        {
            return "unknown: the database is out of reach";
        }
    }
}
