using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Promises.Data;

/// <summary>Makes deciding serial for the fleet: whoever updated the one row of <c>fleet</c> holds the lock until its transaction ends.</summary>
public static class FleetLock
{
    private const string Take = "UPDATE fleet SET version = version + 1 RETURNING version";

    /// <summary>Waits for the lock and answers the number of the change that this transaction makes. A rollback gives the number back.</summary>
    /// <exception cref="InvalidOperationException">There is no transaction, so the lock would be gone at once.</exception>
    public static async Task<long> TakeAsync(PromisesDb db, CancellationToken cancellationToken)
    {
        var transaction = db.Database.CurrentTransaction
            ?? throw new InvalidOperationException("The fleet lock lasts as long as a transaction; begin one before taking it.");
        return await TakeAsync((NpgsqlTransaction)transaction.GetDbTransaction(), cancellationToken);
    }

    /// <inheritdoc cref="TakeAsync(PromisesDb, CancellationToken)"/>
    public static async Task<long> TakeAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, transaction.Connection, transaction);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The number of the last accepted change, without waiting for one that is being made.</summary>
    public static Task<long> VersionAsync(PromisesDb db, CancellationToken cancellationToken) =>
        db.Fleet.Select(fleet => fleet.Version).SingleAsync(cancellationToken);
}
