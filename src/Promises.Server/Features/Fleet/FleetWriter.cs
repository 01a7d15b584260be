using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Model;
using Promises.Scheduling;
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
    PromisesDb database, FleetState state, WriteTurns turns, RemovalConfirmation removals, IdempotencyKeys answers, RepositoryCheck repositories, Deliveries deliveries, StateStoreProvider storage, Failpoints failpoints,
    TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>The savepoint of a transaction that holds an idempotency key and nothing else yet.</summary>
    private const string Claimed = "claimed";

    /// <param name="prefetch">Reads what the edit will need, before the fleet lock is taken, so that it holds nobody up; the lock lets go what somebody changed meanwhile.</param>
    public async Task<Outcome<WriteResult>> RunAsync(
        WriteRequest request, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken, Func<CancellationToken, Task>? prefetch = null)
    {
        if (request.DryRun) return await KnowingAsync(lookups => DryRunAsync(request, lookups, edit, cancellationToken), cancellationToken);

        // Before the gate: who waits there has begun.
        var entered = answers.Enter(request);
        if (entered.Failure is not null) return entered.Failure;
        using var running = entered.Value;
        return await KnowingAsync(lookups => InTurnAsync(request, lookups, edit, prefetch, cancellationToken), cancellationToken);
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
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, Func<CancellationToken, Task>? prefetch, CancellationToken cancellationToken)
    {
        Outcome<Written> written;
        using (var turn = await turns.TakeAsync(prefetch, cancellationToken))
        {
            if (turn is null) return new Failure.Unavailable("Nothing was changed: the writes before this one do not end. Try again in some seconds.");
            written = await AttemptsAsync(request, lookups, edit, cancellationToken);
        }

        if (written.Failure is not null) return written.Failure;
        return written.Value.Answer ?? await AnswerAsync(written.Value, cancellationToken);
    }

    private async Task<Outcome<Written>> AttemptsAsync(
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken)
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

    private static async Task<WriteResult> AnswerAsync(Written written, CancellationToken cancellationToken) =>
        new(await written.Edited!.View(cancellationToken), written.Effect, written.Change, written.Edited.Location);

    private static bool IsDeadlock(Exception e) =>
        (e as PostgresException ?? e.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>Decides the whole fleet anew, adding and updating what was missed. Answers how many placements that moved.</summary>
    /// <param name="find">Names the clusters whose directories are to be written anew.</param>
    public async Task<int> ResyncAsync(Func<FleetEdit, CancellationToken, Task> find, CancellationToken cancellationToken)
    {
        FleetEdit? resynced = null;
        var request = WriteRequest.OfTheService("/resync");
        using (await turns.TakeAsync(cancellationToken)) await WriteAsync(request, new Lookups(), ResyncedAsync, cancellationToken, resync: true);

        return resynced!.Planned!.Changes.Count;

        async Task<Outcome<Edited>> ResyncedAsync(FleetEdit edit, CancellationToken token)
        {
            resynced = edit;
            await find(edit, token);
            return new Edited("Fleet", "", Effect.Updated, [], _ => Task.FromResult(new JsonObject()));
        }
    }

    /// <summary>
    /// Makes writes in one transaction that is taken back, so that the code that makes them is compiled and a connection is open before somebody waits for it. They are
    /// decided upon in a fleet of their own, under numbers that no change has, and without the fleet lock, so they hold nobody up.
    /// </summary>
    /// <param name="first">Number of the first one.</param>
    /// <returns>The failure of the first that was not accepted; null if all were.</returns>
    public async Task<Failure?> RehearseAsync(
        WriteRequest request, long first, IEnumerable<Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>>> edits, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var (fleet, number) = (FleetSnapshot.Empty, first);
        foreach (var edit in edits)
        {
            var work = new FleetEdit(database, fleet, request, number++, clock.GetUtcNow());
            var edited = await EditAsync(work, edit, cancellationToken);
            if (edited.Failure is not null) return edited.Failure;
            var plan = work.Planned = FleetPlan.Of(work);
            await StoreAsync((NpgsqlConnection)database.Database.GetDbConnection(), work, plan, cancellationToken);
            await edited.Value.View(cancellationToken);
            fleet = plan.After;
        }

        return null;
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
        var token = await removals.TokenAsync(request, plan, cancellationToken);
        return new WriteResult(PlanView.Of(plan, await edited.Value.View(cancellationToken), token), Effect.Planned, null);
    }

    private async Task<Outcome<Written>> WriteAsync(
        WriteRequest request, Lookups lookups, Func<FleetEdit, CancellationToken, Task<Outcome<Edited>>> edit, CancellationToken cancellationToken, bool resync = false)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        if (request.IdempotencyKey is not null)
        {
            var claimed = await answers.ClaimAsync(connection, request, cancellationToken);
            if (claimed.Failure is not null) return claimed.Failure;
            if (claimed.Value is { } answered) return new Written(null, answered.Effect, answered.Change, answered);
            await transaction.CreateSavepointAsync(Claimed, cancellationToken);
        }

        var number = await failpoints.AroundAsync("lock", () => FleetLock.TakeAsync(database, cancellationToken));
        var before = await state.ReadAsync(database, number - 1, cancellationToken);
        var work = new FleetEdit(database, before, request, number, clock.GetUtcNow()) { Resync = resync, Lookups = lookups };
        var edited = await EditAsync(work, edit, cancellationToken);
        if (edited.Failure is not null) return edited.Failure;
        if (!work.ChangesAnything)
        {
            var unchanged = new Written(edited.Value, Effect.Unchanged, null);
            if (request.IdempotencyKey is null) return unchanged;

            // The answer is kept, the number of the change that is none is not.
            await transaction.RollbackToSavepointAsync(Claimed, cancellationToken);
            var kept = await KeepAsync(connection, request, unchanged, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return kept;
        }

        failpoints.Reach("plan", after: false);
        var plan = work.Planned = FleetPlan.Of(work);
        failpoints.Reach("plan", after: true);
        if (resync && plan.Changes.Count == 0 && work.Resited.Count == 0) return new Written(edited.Value, Effect.Unchanged, null);
        if (!resync && FleetPlan.Forbids(request, work, plan) is { } forbidden) return forbidden;
        if (!resync && await removals.RefusalAsync(request, plan, cancellationToken) is { } refusal) return refusal;

        failpoints.Reach("store", after: false);
        var stores = await StoreAsync(connection, work, plan, cancellationToken);
        failpoints.Reach("store", after: true);
        var written = new Written(edited.Value, edited.Value.Effect, number);
        if (request.IdempotencyKey is not null) written = await KeepAsync(connection, request, written, cancellationToken);
        foreach (var store in work.NewStores) await storage.ForgetAsync(store, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        failpoints.Reach("decided", after: false);
        state.Offer(plan.After);
        deliveries.Nudge(stores);
        failpoints.Reach("decided", after: true);
        return written;
    }

    private async Task<Written> KeepAsync(NpgsqlConnection connection, WriteRequest request, Written written, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(written, cancellationToken);
        await answers.KeepAsync(connection, request, answer, written.Edited!.IsSecret, cancellationToken);
        return written with { Answer = answer };
    }

    /// <returns>The stores to nudge.</returns>
    private async Task<IReadOnlyList<string>> StoreAsync(NpgsqlConnection connection, FleetEdit work, FleetPlan plan, CancellationToken cancellationToken)
    {
        // What fails here ends the whole transaction; a savepoint would be two more trips to the database while all other writes wait.
        database.Database.AutoSavepointsEnabled = false;
        await database.SaveChangesAsync(cancellationToken);
        var dirty = DirtyRows.Find(work, plan);
        var behind = DirtyRows.Behind(work, plan, dirty);
        var stores = behind.Union(work.EditedStores, StringComparer.Ordinal).ToList();
        // One trip to the database: every other write of the fleet waits for this one.
        await using var batch = new NpgsqlBatch(connection);
        DecisionWriter.Add(batch, work, plan, dirty);
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

    /// <summary>A write that was accepted, or changed nothing.</summary>
    /// <param name="Edited">Null where a repeated request is answered as it was.</param>
    /// <param name="Answer">Null while it is not read: that waits until the transaction has ended, since all other writes wait for it. Known where it is kept for a repeated request.</param>
    private sealed record Written(Edited? Edited, Effect Effect, long? Change, WriteResult? Answer = null);

    /// <summary>Something is to be found out first; no client sees it.</summary>
    private sealed record NotLookedUp : Failure;
}
