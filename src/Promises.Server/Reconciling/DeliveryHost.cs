using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>
/// Runs the reconciler: when nudged, when a failing store is due, and for what nudges missed by a resync at start and about every 30 s.
/// Retrying is decided here alone.
/// </summary>
internal sealed partial class DeliveryHost(
    DeliveryQueue queue, StateStoreReconciler reconciler, SeenBranches seen, StoreSchedule schedule, TimeProvider time, Random random, ILogger<DeliveryHost> log) : BackgroundService
{
    /// <summary>Stores that are written at the same time. The work is mostly waiting for Git hosts; <see cref="HostSlots"/> keeps each from taking all of them.</summary>
    private const int Workers = 32;

    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(30);

    private readonly HostSlots _slots = new();

    /// <summary>When the last resync ended well: the sign of life for readiness.</summary>
    public DateTimeOffset? ResyncedAt { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)).Append(ResyncAsync(stoppingToken)));

    private async Task ResyncAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var store in await schedule.BehindAsync(stoppingToken)) queue.Nudge(store);
                ResyncedAt = time.GetUtcNow();
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogResyncFailed(failure.GetBaseException().Message);
            }

            await PauseAsync(Resync * (0.8 + (0.4 * random.NextDouble())), stoppingToken);
        }
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            string store;
            try
            {
                store = await queue.TakeAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await VisitAsync(store, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // Stopped in the middle: the intent, if there is one, is settled by the next start.
            }
#pragma warning disable CA1031 // A loop that serves all stores survives whatever goes wrong with one.
            catch (Exception failure)
            {
                // The database, most likely: nothing could be recorded, and the resync comes back to it.
                LogFailed(failure, store);
            }
#pragma warning restore CA1031
            finally
            {
                queue.Finish(store);
            }
        }
    }

    private async Task VisitAsync(string store, CancellationToken stoppingToken)
    {
        // Whoever nudges does not know that the host is down, and must not hammer it.
        var visit = await schedule.LookAsync(store, stoppingToken);
        if (visit.Wait > TimeSpan.Zero)
        {
            if (visit.ComeBack) _ = NudgeLaterAsync(store, visit.Wait, stoppingToken);
            return;
        }

        var host = HostSlots.HostOf(visit.Url);
        if (!_slots.TryEnter(host, store)) return;
        try
        {
            await schedule.BeginAsync(store, visit, stoppingToken);
            if (visit.IsAsked) seen.Forget(store);
            await SyncAsync(store, stoppingToken);
        }
        finally
        {
            if (_slots.Leave(host) is { } next) queue.Nudge(next);
        }
    }

    private async Task SyncAsync(string store, CancellationToken stoppingToken)
    {
        try
        {
            await reconciler.SyncAsync(store, queue.TakeCauses(store), stoppingToken);
        }
        catch (StoreSyncException failure)
        {
            await RetryAsync(store, failure, stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not NpgsqlException)
        {
            LogFailed(failure, store);
            await RetryAsync(store, new StoreSyncException("InternalError", "Something went wrong that should not; the log has it.", false, failure), stoppingToken);
        }
    }

    private async Task RetryAsync(string store, StoreSyncException failure, CancellationToken stoppingToken)
    {
        var wait = await schedule.FailedAsync(store, failure, stoppingToken);
        LogWaiting(store, failure.Reason, failure.Message, wait);
        _ = NudgeLaterAsync(store, wait, stoppingToken);
    }

    private async Task NudgeLaterAsync(string store, TimeSpan wait, CancellationToken stoppingToken)
    {
        // Timers may be a moment early, and the store would be found not to be due.
        await PauseAsync(wait + TimeSpan.FromMilliseconds(20), stoppingToken);
        if (!stoppingToken.IsCancellationRequested) queue.Nudge(store);
    }

    private async Task PauseAsync(TimeSpan duration, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(duration, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at the token.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store} cannot be written ({Reason}): {Explanation} Next try in {Wait}")]
    private partial void LogWaiting(string store, string reason, string explanation, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Error, Message = "Store {Store}: unexpected failure")]
    private partial void LogFailed(Exception failure, string store);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for stores that are behind failed: {Explanation}")]
    private partial void LogResyncFailed(string explanation);
}
