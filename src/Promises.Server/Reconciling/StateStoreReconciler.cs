using System.Diagnostics;
using Promises.Model;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Brings the branches of one store to what the database wants: at most one commit on each and one push for however many clusters are behind.</summary>
internal sealed partial class StateStoreReconciler(
    StateStoreProvider stores, StoreWorkReader reader, BatchWriter writer, Settlement settlement, SeenBranches seen, DeliveryTelemetry telemetry,
    Failpoints failpoints, TimeProvider time, Random random, ILogger<StateStoreReconciler> log)
{
    private const int Attempts = 6;

    /// <summary>One worker per store at a time.</summary>
    /// <exception cref="StoreSyncException">It is to be tried again later.</exception>
    /// <exception cref="LeaseLostException">Another replica has it by now.</exception>
    public async Task SyncAsync(string name, StoreLease lease, IReadOnlyList<ActivityContext> causes, CancellationToken cancellationToken)
    {
        using var activity = DeliveryTelemetry.Sync(name, causes);
        try
        {
            await SyncInStepsAsync(name, lease, cancellationToken);
        }
        catch (StoreSyncException failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Reason);
            throw;
        }
        catch (StateStoreException failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Fault.ToString());
            throw StoreSyncException.From(failure, stores.Disk);
        }
        catch (IOException failure) when (DiskSpace.IsFull(failure))
        {
            activity?.SetStatus(ActivityStatusCode.Error, nameof(StoreFault.DiskFull));
            throw StoreSyncException.From(new StateStoreException(StoreFault.DiskFull, failure.Message, failure), stores.Disk);
        }
    }

    private async Task SyncInStepsAsync(string name, StoreLease lease, CancellationToken cancellationToken)
    {
        var views = new Dictionary<string, BranchView>(StringComparer.Ordinal);
        var suspects = seen.TakeSuspects(name);
        (string? Url, string Branch, DeliveryMode Mode) place = default;
        PushResult? last = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var started = time.GetTimestamp();
            if (await failpoints.AroundAsync("snapshot", () => ReadAsync(name, views, suspects, cancellationToken)) is not { } work)
            {
                await ForgetAsync(name, cancellationToken);
                return;
            }

            if (place != (place = (work.Store.Url, work.Store.Branch, work.Store.Mode)) && views.Count > 0)
            {
                // It points elsewhere by now.
                views.Clear();
                continue;
            }

            var store = stores.Open(work.Store);
            if (work.Delivery?.IntentCommit is not null)
            {
                // What was pushed on top of it, if anything, is seen on the next look.
                seen.Forget(name);
                await settlement.SettleAsync(store, work.Delivery, again: !work.Store.IsByProposal, lease, cancellationToken);
                continue;
            }

            if (ProposalLook.Concerns(work))
            {
                if (!work.Branches.All(branch => views.ContainsKey(branch.Name)))
                {
                    if (await failpoints.AroundAsync("fetch", () => ProposalLook.ViewAsync(store, work, views, cancellationToken))) continue;
                    return;
                }
            }
            else if (await LookAsync(store, work, views, cancellationToken)) continue;

            telemetry.Stage("match", started);
            IReadOnlyDictionary<string, PushResult> left;
            try
            {
                left = await writer.WriteAsync(store, work, views, lease, cancellationToken);
            }
            catch (StateStoreException damaged) when (damaged.Fault == StoreFault.MirrorDamaged && attempt < Attempts)
            {
                // Our copy was made anew and lacks the base: it may be gone from the remote as well.
                seen.Forget(name);
                views.Clear();
                continue;
            }

            if (left.Count == 0) return;

            if (attempt == Attempts && work.Store.IsBranchPerCluster && left.Values.All(BranchRefusal.IsOne))
            {
                await writer.PutAsideAsync(work, left, lease, cancellationToken);
                return;
            }

            last = left.Values.First();
            if (ProposalLook.Concerns(work)) views.Clear();
            foreach (var branch in views.Keys.Where(branch => !left.ContainsKey(branch)).ToList()) views.Remove(branch);
            var stale = left.Where(result => result.Value.Outcome == PushOutcome.Stale).Select(result => result.Key).ToList();
            if (stale.Count == 0) continue;

            LogMoved(name, stale.Count, stale[0]);
            // Whoever else writes to it may do so in a loop as tight as ours.
            if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100 << attempt)), time, cancellationToken);
            if (!ProposalLook.Concerns(work)) await ViewAsync(store, work, stale, views, cancellationToken);
        }

        throw StoreSyncException.From(last ?? new PushResult(PushOutcome.Stale, "The branch moves faster than it can be written."));
    }

    /// <summary>What there is to do, and with it what may have been moved, by what somebody saw or wants to be looked at.</summary>
    private async Task<StoreWork?> ReadAsync(string name, Dictionary<string, BranchView> views, SuspectBranches suspects, CancellationToken cancellationToken)
    {
        var moved = views.Select(view => new MovedBranch(view.Key, view.Value.Touched)).ToList();
        if (views.Count == 0) moved.AddRange(suspects.Some.Select(branch => new MovedBranch(branch, null)));
        var work = await reader.ReadAsync(name, moved, cancellationToken);
        // The only branch of a store is looked at whatever there is to do.
        return views.Count == 0 && suspects.All && work is { Store.IsBranchPerCluster: true } ? await reader.ReadAllAsync(name, cancellationToken) : work;
    }

    /// <summary>The store was deleted, and nobody needs what is kept here of it.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        seen.Forget(name);
        await stores.ForgetAsync(name, cancellationToken);
    }

    /// <summary>On the first visit: are the branches where the rows have them? True if one is not, and everything on it must be read.</summary>
    private async Task<bool> LookAsync(IStateStore store, StoreWork work, Dictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        var unseen = work.Branches.Where(branch => !views.ContainsKey(branch.Name) && (branch.Head is null || !seen.Has(work.Store, branch.Name, branch.Head)))
            .Select(branch => branch.Name).ToList();
        // Also where there is nothing to write, somebody wants to know whether it can be.
        if (unseen.Count == 0 && (work.Branches.Count > 0 || seen.Knows(work.Store))) return false;
        return await ViewAsync(store, work, unseen, views, cancellationToken);
    }

    /// <summary>Looks where branches are, and adds a view of each that is not where the row has it.</summary>
    /// <returns>Whether there was one.</returns>
    private async Task<bool> ViewAsync(
        IStateStore store, StoreWork work, IReadOnlyCollection<string> branches, Dictionary<string, BranchView> views, CancellationToken cancellationToken)
    {
        var tips = await failpoints.AroundAsync("fetch", () => store.TipsAsync(branches, cancellationToken));
        seen.Add(work.Store);
        var asked = branches.ToHashSet(StringComparer.Ordinal);
        foreach (var branch in work.Branches.Where(branch => asked.Contains(branch.Name)))
        {
            var tip = tips.GetValueOrDefault(branch.Name);
            if (tip is not null && tip == branch.Head)
            {
                seen.Add(work.Store.Name, work.Store.Url, work.Store.Branch, branch.Name, tip);
                // Whoever had moved it has moved it back.
                views.Remove(branch.Name);
            }
            else views[branch.Name] = await BranchView.ReadAsync(store, branch.Head, tip, cancellationToken);
        }

        return asked.Overlaps(views.Keys);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Store {Store}: somebody else moved {Count} branches, such as {Branch}; building on top")]
    private partial void LogMoved(string store, int count, string branch);
}
