using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Model;
using Promises.Server.Features.Events;
using Promises.Server.Features.StateStores;
using Promises.Server.Hosting;
using Promises.Server.Reconciling;
using Promises.StateStores;

namespace Promises.Server.Features.Fleet;

/// <summary>
/// The one way by which anything is written: plan under the fleet lock, hold the plan against its impact token, and store object, placements,
/// change and events in one transaction. A dry run goes the same way without lock and commit.
/// </summary>
internal sealed class FleetWriter(
    PromisesDb database, FleetState state, ImpactTokenKey key, IdempotencyKeys answers, RepositoryCheck repositories, Deliveries deliveries, StateStoreProvider storage, Failpoints failpoints,
    TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>The savepoint of a transaction that holds an idempotency key and nothing else yet.</summary>
    private const string Claimed = "claimed";

    private static readonly Counter<long> s_held = Telemetry.Meter.CreateCounter<long>(
        "promises_removal_held_total", description: "Writes that waited for their removals to be confirmed.");

    /// <summary>For the writes before this one. A database that falls silent ends each of them in its own time, and a queue of them must not add up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Outcome<WriteResult>> RunAsync(
        WriteRequest request, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken)
    {
        if (request.DryRun) return await KnowingAsync(lookups => DryRunAsync(request, lookups, edit, cancellationToken), cancellationToken);

        // Before the gate: who waits there has begun.
        var entered = answers.Enter(request);
        if (entered.Failure is not null) return entered.Failure;
        using var running = entered.Value;
        return await KnowingAsync(lookups => InTurnAsync(request, lookups, edit, cancellationToken), cancellationToken);
    }

    /// <summary>Makes a write again once what it asked of repositories is known: a name server takes its time, and nobody else should wait for that.</summary>
    private async Task<Outcome<WriteResult>> KnowingAsync(Func<Lookups, Task<Outcome<WriteResult>>> write, CancellationToken cancellationToken)
    {
        var lookups = new Lookups();
        while (true)
        {
            var result = await write(lookups);
            if (result.Failure is not NotLookedUp) return result;
            database.ChangeTracker.Clear();
            await repositories.LookUpAsync(lookups, cancellationToken);
        }
    }

    private async Task<Outcome<WriteResult>> InTurnAsync(
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken)
    {
        if (!await state.Gate.WaitAsync(Patience, cancellationToken))
            return new Failure.Unavailable("Nothing was changed: the writes before this one do not end. Try again in some seconds.");
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await WriteAsync(request, lookups, edit, cancellationToken);
                }
                catch (Exception e) when (attempt < Attempts && IsDeadlock(e))
                {
                    // A reconciler recorded the same placements in another order and went first; nothing of this try was kept.
                    database.ChangeTracker.Clear();
                }
            }
        }
        finally
        {
            state.Gate.Release();
        }
    }

    private static bool IsDeadlock(Exception e) =>
        (e as PostgresException ?? e.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>Decides the whole fleet anew, adding and updating what was missed. Answers how many placements that moved.</summary>
    /// <param name="find">Names the clusters whose directories are to be written anew.</param>
    public async Task<int> ResyncAsync(Func<FleetEdit, CancellationToken, Task> find, CancellationToken cancellationToken)
    {
        var moved = 0;
        var request = WriteRequest.OfTheService("/resync");
        await state.Gate.WaitAsync(cancellationToken);
        try
        {
            await WriteAsync(request, new Lookups(), ResyncedAsync, cancellationToken, resync: true);
        }
        finally
        {
            state.Gate.Release();
        }

        return moved;

        async Task<Outcome<Edited>> ResyncedAsync(FleetEdit edit, CancellationToken token)
        {
            await find(edit, token);
            return new Edited("Fleet", "", Effect.Updated, [], _ =>
            {
                moved = edit.Planned!.Changes.Count;
                return Task.FromResult(new JsonObject());
            });
        }
    }

    private async Task<Outcome<WriteResult>> DryRunAsync(
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken)
    {
        var before = await state.ReadAsync(database, cancellationToken);
        var work = new FleetEdit(database, before, request, before.Version + 1, clock.GetUtcNow()) { Lookups = lookups };
        var edited = await EditAsync(work, edit, cancellationToken);
        if (edited.Failure is not null) return edited.Failure;

        var plan = work.Planned = FleetPlan.Of(work);
        await PlannedPins.TrackAsync(database, plan, cancellationToken);
        var token = plan.Impact.Removals.Count == 0 ? null : (await TokensAsync(cancellationToken)).Issue(request, plan.Impact.RemovalsDigest).Token;
        return new WriteResult(PlanView.Of(plan, await edited.Value.View(cancellationToken), token), Effect.Planned, null);
    }

    private async Task<Outcome<WriteResult>> WriteAsync(
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken, bool resync = false)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        if (request.IdempotencyKey is not null)
        {
            var claimed = await answers.ClaimAsync(connection, request, cancellationToken);
            if (claimed.Failure is not null) return claimed.Failure;
            if (claimed.Value is { } answered) return answered;
            await transaction.CreateSavepointAsync(Claimed, cancellationToken);
        }

        var number = await failpoints.AroundAsync("lock", () => FleetLock.TakeAsync(database, cancellationToken));
        var before = await state.ReadAsync(database, number - 1, cancellationToken);
        var work = new FleetEdit(database, before, request, number, clock.GetUtcNow()) { Resync = resync, Lookups = lookups };
        var edited = await EditAsync(work, edit, cancellationToken);
        if (edited.Failure is not null) return edited.Failure;
        if (!work.ChangesAnything)
        {
            var unchanged = new WriteResult(await edited.Value.View(cancellationToken), Effect.Unchanged, null);
            if (request.IdempotencyKey is null) return unchanged;

            // The answer is kept, the number of the change that is none is not.
            await transaction.RollbackToSavepointAsync(Claimed, cancellationToken);
            await answers.KeepAsync(connection, request, unchanged, edited.Value.IsSecret, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return unchanged;
        }

        failpoints.Reach("plan", after: false);
        var plan = work.Planned = FleetPlan.Of(work);
        failpoints.Reach("plan", after: true);
        if (resync && plan.Changes.Count == 0 && work.Resited.Count == 0) return new WriteResult([], Effect.Unchanged, null);
        if (!resync && await RefusalAsync(request, work, plan, cancellationToken) is { } refusal) return refusal;

        failpoints.Reach("store", after: false);
        // What fails here ends the whole transaction; a savepoint would be two more trips to the database while all other writes wait.
        database.Database.AutoSavepointsEnabled = false;
        await database.SaveChangesAsync(cancellationToken);
        var stores = await StoreAsync(connection, work, plan, cancellationToken);
        failpoints.Reach("store", after: true);
        var result = new WriteResult(await edited.Value.View(cancellationToken), edited.Value.Effect, number, edited.Value.Location);
        if (request.IdempotencyKey is not null) await answers.KeepAsync(connection, request, result, edited.Value.IsSecret, cancellationToken);
        foreach (var store in work.NewStores) await storage.ForgetAsync(store, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        failpoints.Reach("decided", after: false);
        state.Offer(plan.After);
        deliveries.Nudge(stores);
        failpoints.Reach("decided", after: true);
        return result;
    }

    /// <returns>The stores to nudge.</returns>
    private async Task<IReadOnlyList<string>> StoreAsync(NpgsqlConnection connection, FleetEdit work, FleetPlan plan, CancellationToken cancellationToken)
    {
        var behind = DirtyRows.Behind(work, plan);
        var stores = behind.Union(work.EditedStores, StringComparer.Ordinal).ToList();
        // One trip to the database: every other write of the fleet waits for this one.
        await using var batch = new NpgsqlBatch(connection);
        DecisionWriter.Add(batch, work, plan);
        ChangeEvents.Add(batch, work, plan, behind);
        deliveries.Announce(batch, work.NewStores, stores);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return stores;
    }

    private static async Task<Outcome<Edited>> EditAsync(
        FleetEdit work, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken)
    {
        var edited = await edit(work, cancellationToken);
        if (work.Lookups.Open.Count > 0) return new NotLookedUp();
        if (edited.Failure is not null) return edited;

        var errors = work.RunLastChecks();
        return errors.Count == 0 ? edited : new Failure.Invalid(edited.Value.Kind, errors);
    }

    private async Task<ImpactTokens> TokensAsync(CancellationToken cancellationToken) => new(await key.ReadAsync(cancellationToken), clock);

    private async Task<Failure?> RefusalAsync(WriteRequest request, FleetEdit work, FleetPlan plan, CancellationToken cancellationToken)
    {
        if (FleetPlan.Forbids(request, work, plan) is { } forbidden) return forbidden;
        if (plan.Impact.Removals.Count == 0) return null;

        var tokens = await TokensAsync(cancellationToken);
        var verdict = request.ImpactToken is null
            ? ImpactTokenVerdict.NotValid
            : tokens.Check(request.ImpactToken, request, plan.Impact.RemovalsDigest);
        if (verdict == ImpactTokenVerdict.Confirmed) return null;

        s_held.Add(1);
        var (token, expiresAt) = tokens.Issue(request, plan.Impact.RemovalsDigest);
        return new ImpactUnconfirmed(verdict == ImpactTokenVerdict.OtherRemovals, plan.Impact.ToJson(), token, expiresAt);
    }

    /// <summary>Something is to be found out first; no client sees it.</summary>
    private sealed record NotLookedUp : Failure;
}
