using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Brings the branch of one store to what the database wants: at most one commit and one push for however many clusters are behind.</summary>
internal sealed partial class StateStoreReconciler(
    StateStoreProvider stores, StoreWorkReader reader, DeliveryRecorder recorder, Brake brake, DeliveryTelemetry telemetry,
    TimeProvider time, Random random, ILogger<StateStoreReconciler> log)
{
    private const int Attempts = 6;

    /// <summary>Places whose branch was seen where the rows have it since this process started. A branch that moved since then shows at the push.</summary>
    private readonly ConcurrentDictionary<string, (string? Url, string Branch)> _verified = new(StringComparer.Ordinal);

    /// <summary>One worker per store at a time.</summary>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    public async Task SyncAsync(string name, IReadOnlyList<ActivityContext> causes, CancellationToken cancellationToken)
    {
        using var activity = DeliveryTelemetry.Sync(name, causes);
        try
        {
            await SyncInStepsAsync(name, cancellationToken);
        }
        catch (StoreSyncException failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Reason);
            throw;
        }
        catch (StateStoreException failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Fault.ToString());
            throw StoreSyncException.From(failure);
        }
    }

    private async Task SyncInStepsAsync(string name, CancellationToken cancellationToken)
    {
        BranchView? view = null;
        PushResult? last = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var started = time.GetTimestamp();
            if (await reader.ReadAsync(name, everything: view is not null, cancellationToken) is not { } work)
            {
                await ForgetAsync(name, cancellationToken);
                return;
            }

            var store = stores.Open(work.Store);
            if (work.Delivery?.IntentCommit is not null)
            {
                await SettleAsync(store, work.Delivery, cancellationToken);
                continue;
            }

            if (view is null && await LookAsync(store, work, cancellationToken) is { } surprise)
            {
                view = surprise;
                continue;
            }

            if (view is not null) view = view with { Restored = await Restored.FindAsync(store, work, view, cancellationToken) };
            telemetry.Stage("match", started);
            try
            {
                last = await DeliverAsync(store, work, view, cancellationToken);
            }
            catch (StateStoreException damaged) when (damaged.Fault == StoreFault.MirrorDamaged && attempt < Attempts)
            {
                // Our copy was made anew and lacks the base: it may be gone from the remote as well.
                _verified.TryRemove(name, out _);
                view = null;
                continue;
            }

            if (last.IsOnBranch)
            {
                await MaintainAsync(store, name, cancellationToken);
                return;
            }

            if (last.Outcome == PushOutcome.Stale)
            {
                LogMoved(name);
                // Whoever else writes to it may do so in a loop as tight as ours.
                if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100 << attempt)), time, cancellationToken);
                view = await BranchView.ReadAsync(store, work.Head, await store.TipAsync(cancellationToken), cancellationToken);
            }
        }

        throw StoreSyncException.From(last ?? new PushResult(PushOutcome.Stale, "The branch moves faster than it can be written."));
    }

    private async Task MaintainAsync(IStateStore store, string name, CancellationToken cancellationToken)
    {
        try
        {
            await store.MaintainAsync(cancellationToken);
        }
        catch (StateStoreException failure)
        {
            // What was to be written is written; packing can wait.
            LogNotPacked(name, failure.Message);
        }
    }

    /// <summary>The store was deleted, and nobody needs what is kept here of it.</summary>
    private async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        _verified.TryRemove(name, out _);
        await stores.ForgetAsync(name, cancellationToken);
    }

    /// <summary>On the first visit: is the branch where the rows have it? Null if it is.</summary>
    private async Task<BranchView?> LookAsync(IStateStore store, StoreWork work, CancellationToken cancellationToken)
    {
        var place = (work.Store.Url, work.Store.Branch);
        if (work.Head is not null && _verified.TryGetValue(work.Store.Name, out var seen) && seen == place) return null;

        var tip = await store.TipAsync(cancellationToken);
        _verified[work.Store.Name] = place;
        return tip is not null && tip == work.Head ? null : await BranchView.ReadAsync(store, work.Head, tip, cancellationToken);
    }

    private async Task<PushResult> DeliverAsync(IStateStore store, StoreWork work, BranchView? view, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var plan = await DeliveryPlanner.PlanAsync(work, view, async directories => new Listing(
            (await store.ListAsync((view is null ? work.Head : view.Tip)!, directories, cancellationToken)).ToDictionary(e => e.Path, e => e.Id, StringComparer.Ordinal)));
        telemetry.Stage("render", started);

        // While it is on hold, the branch may become what it was: look each time.
        if (view?.Restored is not null) _verified.TryRemove(work.Store.Name, out _);
        plan = await brake.PassAsync(work, plan, view?.Restored, cancellationToken);
        if (plan.Record.Repaired.Count > 0) LogRepaired(work.Store.Name, plan.Record.Repaired.Count);

        started = time.GetTimestamp();
        var commit = plan.Files.Count == 0 ? null : await store.CommitAsync(Spec(work, plan), cancellationToken);
        if (commit is null)
        {
            await recorder.RecordAsync(plan.Record, null, cancellationToken);
            return new PushResult(PushOutcome.AlreadyThere, "");
        }

        await recorder.IntendAsync(plan.Record, commit, cancellationToken);
        var result = await PushAsync(store, work.Store.Name, commit, plan.Base, cancellationToken);
        telemetry.Stage("push", started);
        return await ConcludeAsync(store, plan.Record, commit, result, cancellationToken);
    }

    /// <summary>What is left of a push whose end nobody saw: this process crashed, or the answer was lost.</summary>
    private async Task SettleAsync(IStateStore store, StoreDelivery delivery, CancellationToken cancellationToken)
    {
        var record = JsonSerializer.Deserialize<DeliveryRecord>(delivery.Intent!)!;
        var commit = delivery.IntentCommit!;
        var result = await FindOutAsync(store, record, commit, cancellationToken);
        LogSettled(record.Store, commit, result.Outcome);
        if (result.Outcome == PushOutcome.Unknown) throw StoreSyncException.From(result);
        if (result.IsOnBranch) await recorder.RecordAsync(record, commit, cancellationToken);
        else await recorder.ForgetAsync(record.Store, cancellationToken);
        // What was pushed on top of it, if anything, is seen on the next look.
        _verified.TryRemove(record.Store, out _);
    }

    private async Task<PushResult> ConcludeAsync(IStateStore store, DeliveryRecord record, string commit, PushResult result, CancellationToken cancellationToken)
    {
        if (result.Outcome == PushOutcome.Unknown)
        {
            result = await FindOutAsync(store, record, commit, cancellationToken);
            _verified.TryRemove(record.Store, out _);
        }

        if (result.IsOnBranch)
        {
            await recorder.RecordAsync(record, commit, cancellationToken);
            LogWritten(record.Store, commit, record.Placements.Count, record.Clusters.Count);
            return result;
        }

        // Of an unknown outcome the intent stays, to be settled on the next visit.
        if (result.Outcome != PushOutcome.Unknown) await recorder.ForgetAsync(record.Store, cancellationToken);
        return result.Outcome is PushOutcome.Stale or PushOutcome.MirrorDamaged ? result : throw StoreSyncException.From(result);
    }

    /// <summary>Asks the remote. While the branch stands where our commit begins, the same commit is pushed again: it may have been on its way all the time.</summary>
    private async Task<PushResult> FindOutAsync(IStateStore store, DeliveryRecord record, string commit, CancellationToken cancellationToken)
    {
        var tip = await store.TipAsync(cancellationToken);
        if (tip is not null && (tip == commit || await store.IsAncestorAsync(commit, tip, cancellationToken))) return new PushResult(PushOutcome.AlreadyThere, "");
        if (tip != record.Base) return new PushResult(PushOutcome.Stale, "");

        var again = await PushAsync(store, record.Store, commit, record.Base, cancellationToken);
        // Where our copy is gone, so is the commit, and nobody is left to push it.
        return again.Outcome is PushOutcome.Failed ? new PushResult(PushOutcome.MirrorDamaged, again.Message) : again;
    }

    private async Task<PushResult> PushAsync(IStateStore store, string name, string commit, string? from, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var activity = DeliveryTelemetry.Push(name);
        var result = await store.PublishAsync(commit, from, cancellationToken);
        telemetry.Pushed(name, result.Outcome switch
        {
            PushOutcome.Acknowledged => "ok",
            PushOutcome.AlreadyThere => "noop",
            PushOutcome.Stale => "stale",
            PushOutcome.AuthenticationFailed => "auth",
            PushOutcome.Unknown => "unknown",
            PushOutcome.Unreachable => "timeout",
            _ => "rejected",
        }, started);
        return result;
    }

    private CommitSpec Spec(StoreWork work, DeliveryPlan plan)
    {
        var store = work.Store;
        var author = new GitIdentity(store.AuthorName, store.AuthorEmail);
        var committer = store.CommitterName is null ? author : new GitIdentity(store.CommitterName, store.CommitterEmail!);
        return new CommitSpec(plan.Base, plan.Files, CommitMessage.Compose(plan, work.Changes), author, committer, time.GetUtcNow());
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: commit {Commit} is on the branch with {Placements} placements on {Clusters} clusters")]
    private partial void LogWritten(string store, string commit, int placements, int clusters);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: {Explanation}")]
    private partial void LogNotPacked(string store, string explanation);

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: somebody else moved the branch; building on top of it")]
    private partial void LogMoved(string store);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: {Files} files of ours were changed by somebody else and are put right")]
    private partial void LogRepaired(string store, int files);

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: the push of {Commit}, whose end was not seen, is settled as {Outcome}")]
    private partial void LogSettled(string store, string commit, PushOutcome outcome);
}
