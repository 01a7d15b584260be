using Npgsql;
using Promises.Data;

namespace Promises.Server.Reconciling;

/// <summary>One visit to a store: whether it is due, whether its host takes it, whether this replica may write it; then the reconciler, and what came of it.</summary>
internal sealed partial class StoreVisitor(
    DeliveryQueue queue, StateStoreReconciler reconciler, StoreSchedule schedule, StoreLeases leases, StoreHomes homes, LeaseWatch watch, HostCircuits circuits,
    DataDirectory directory, ILogger<StoreVisitor> log)
{
    private readonly HostSlots _slots = new();

    public async Task VisitAsync(string store, CancellationToken cancellationToken)
    {
        // Without the database nothing is written; when it is back, the resync finds what is behind.
        if (leases.Replica is null) return;

        // Whoever nudges does not know that the host is down, and must not hammer it.
        var visit = await schedule.LookAsync(store, cancellationToken);
        if (visit == StoreVisit.Nowhere)
        {
            await reconciler.ForgetAsync(store, cancellationToken);
            return;
        }

        if (visit.Wait > TimeSpan.Zero)
        {
            if (visit.ComeBack) _ = queue.NudgeLaterAsync(store, visit.Wait);
            return;
        }

        if (visit.Url is null && !await IsHereAsync(store, visit, cancellationToken)) return;

        var host = HostSlots.HostOf(visit.Url);
        if (!_slots.TryEnter(host, store)) return;
        try
        {
            if (circuits.TryEnter(host, store)) await EnterAsync(store, host, visit, cancellationToken);
        }
        finally
        {
            if (circuits.Left(host, store) && circuits.Next(host) is { } probe) queue.Nudge(probe);
            if (_slots.Leave(host) is { } next) queue.Nudge(next);
        }
    }

    private async Task<bool> IsHereAsync(string store, StoreVisit visit, CancellationToken cancellationToken)
    {
        if (visit.Home is null) await homes.AdoptAsync(store, cancellationToken);
        return visit.Home is null || visit.Home == directory.ServerId;
    }

    private async Task EnterAsync(string store, string host, StoreVisit visit, CancellationToken cancellationToken)
    {
        if (await leases.EnterAsync(store, cancellationToken) is not { } held)
        {
            watch.Add(store);
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            schedule.Begin(store, visit);
            await SyncAsync(host, held.Lease, both.Token);
        }
        catch (LeaseLostException)
        {
            LogLost(store);
            leases.Drop(held);
            watch.Add(store);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogLost(store);
            watch.Add(store);
        }
        finally
        {
            await leases.LeaveAsync(held, cancellationToken);
        }
    }

    private async Task SyncAsync(string host, StoreLease lease, CancellationToken cancellationToken)
    {
        try
        {
            await reconciler.SyncAsync(lease.Store, lease, queue.TakeCauses(lease.Store), cancellationToken);
            Answered(host);
        }
        catch (StoreSyncException failure)
        {
            if (failure.Reason != StoreSyncException.HostUnreachable) Answered(host);
            else if (circuits.Unreachable(host, lease.Store) is { } wait) _ = ProbeLaterAsync(host, wait);
            await RetryAsync(lease, failure, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not NpgsqlException and not LeaseLostException)
        {
            LogFailed(failure, lease.Store);
            await RetryAsync(lease, new StoreSyncException("InternalError", "Something went wrong that should not; the log has it.", false, failure), cancellationToken);
        }
    }

    private async Task RetryAsync(StoreLease lease, StoreSyncException failure, CancellationToken cancellationToken)
    {
        var wait = await schedule.FailedAsync(lease, failure, cancellationToken);
        LogWaiting(lease.Store, failure.Reason, failure.Message, wait);
        _ = queue.NudgeLaterAsync(lease.Store, wait);
    }

    private void Answered(string host)
    {
        foreach (var waiting in circuits.Answered(host)) queue.Nudge(waiting);
    }

    private async Task ProbeLaterAsync(string host, TimeSpan wait)
    {
        LogHost(host, wait);
        if (await queue.PauseAsync(wait) && circuits.Next(host) is { } probe) queue.Nudge(probe);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store} cannot be written ({Reason}): {Explanation} Next try in {Wait}")]
    private partial void LogWaiting(string store, string reason, string explanation, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} does not answer; its stores wait, and one of them tries again in {Wait}")]
    private partial void LogHost(string host, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: the lease was lost during the visit; nothing more is written")]
    private partial void LogLost(string store);

    [LoggerMessage(Level = LogLevel.Error, Message = "Store {Store}: unexpected failure")]
    private partial void LogFailed(Exception failure, string store);
}
