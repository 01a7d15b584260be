using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Promises.Model;

namespace Promises.Data;

/// <summary>Makes deciding serial for the fleet: whoever updated the one row of <c>fleet</c> holds the lock until its transaction ends.</summary>
public static class FleetLock
{
    private const string Take = "UPDATE fleet SET version = version + 1 RETURNING version";

    /// <summary>
    /// Waits for the lock and answers the number of the change that this transaction makes. A rollback gives the number back. What the unit of work read before
    /// that, while others could still change it, is looked at in the same trip: where that happened it is let go, so that whoever asks again reads it anew.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no transaction, so the lock would be gone at once.</exception>
    public static async Task<long> TakeAsync(PromisesDb db, CancellationToken cancellationToken)
    {
        var transaction = db.Database.CurrentTransaction
            ?? throw new InvalidOperationException("The fleet lock lasts as long as a transaction; begin one before taking it.");
        var read = db.ChangeTracker.Entries<FleetObject>().ToList();
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction());
        batch.BatchCommands.Add(new(Take));
        foreach (var entry in read)
        {
            batch.BatchCommands.Add(new($"SELECT resource_version FROM {entry.Metadata.GetTableName()} WHERE name = $1") { Parameters = { new() { Value = entry.Entity.Name } } });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var number = reader.GetInt64(0);
        foreach (var entry in read)
        {
            await reader.NextResultAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(0) != entry.Entity.ResourceVersion) entry.State = EntityState.Detached;
        }

        return number;
    }

    /// <summary>The number of the last accepted change, without waiting for one that is being made.</summary>
    public static Task<long> VersionAsync(PromisesDb db, CancellationToken cancellationToken) =>
        db.Fleet.Select(fleet => fleet.Version).SingleAsync(cancellationToken);
}
