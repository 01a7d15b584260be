using Npgsql;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>A deleted Promise keeps its name until its files are off every branch; then its row goes, and what hangs on it.</summary>
internal static class LeavingPromises
{
    private const string Ready = "SELECT name FROM promises p WHERE p.leaving AND NOT EXISTS (SELECT FROM placements l WHERE l.promise = p.name)";

    public static void Remove(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new(EventRows.Of("Environment", $"DELETE FROM pins WHERE promise IN ({Ready}) RETURNING environment AS name")));
        batch.BatchCommands.Add(new($"DELETE FROM promises WHERE name IN ({Ready})"));
    }
}
