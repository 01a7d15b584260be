namespace Promises.Server.Reconciling;

/// <summary>
/// Takes stores from the queue and visits them: when nudged, here or by another replica, when a failing store is due, and for what nudges missed by a resync at
/// start and about every 30 s. When the server stops, visits in hand get some time to end, and the leases are given back.
/// </summary>
internal sealed partial class DeliveryHost : BackgroundService
{
    /// <summary>Stores that are written at the same time. The work is mostly waiting for Git hosts; <see cref="HostSlots"/> keeps each from taking all of them.</summary>
    private const int Workers = 32;

    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(5);

    private readonly DeliveryQueue _queue;
    private readonly StoreVisitor _visitor;
    private readonly StoreBacklog _backlog;
    private readonly StoreLeases _leases;
    private readonly LeaseWatch _watch;
    private readonly StoreHomes _homes;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<DeliveryHost> _log;
    private readonly Signal _resync;
    private readonly CancellationTokenSource _abandon;
    private readonly CancellationTokenSource _stop;

    public DeliveryHost(
        DeliveryQueue queue, StoreVisitor visitor, StoreBacklog backlog, StoreLeases leases, LeaseWatch watch, StoreHomes homes, DeliveryNotices notices,
        IHostApplicationLifetime lifetime, TimeProvider time, Random random, ILogger<DeliveryHost> log)
    {
        (_queue, _visitor, _backlog, _leases, _watch, _homes, _time, _random, _log) = (queue, visitor, backlog, leases, watch, homes, time, random, log);
        _resync = new Signal(time);
        _abandon = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        // Not only when it is this service's turn to stop: the web server, which goes first, may take its time.
        _stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        leases.Begun += _resync.Set;
        notices.Heard += Hear;
    }

    /// <summary>When the last resync ended well: the sign of life for readiness.</summary>
    public DateTimeOffset? ResyncedAt { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stopping = stoppingToken.Register(_stop.Cancel);
        await using var draining = _stop.Token.Register(() => _abandon.CancelAfter(DrainPatience));
        await Task.WhenAll([.. Enumerable.Range(0, Workers).Select(_ => WorkAsync()), ResyncAsync(), _watch.RunAsync(_stop.Token)]);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
            await _leases.ReleaseAsync(limit.Token);
        }
#pragma warning disable CA1031 // The end of the session releases them too.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotReleased(failure.GetBaseException().Message);
        }
    }

    public override void Dispose()
    {
        _stop.Dispose();
        _abandon.Dispose();
        base.Dispose();
    }

    private void Hear(DeliveryNotice notice)
    {
        if (notice.Stores.Count == 0) _resync.Set();
        else if (!notice.SenderWrites) foreach (var store in notice.Stores) _queue.Nudge(store);
        else
        {
            foreach (var store in notice.Stores.Where(_leases.Holds)) _queue.Nudge(store);
            _watch.Add(notice.Stores.Where(store => !_leases.Holds(store)));
        }
    }

    private async Task ResyncAsync()
    {
        var adopted = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!adopted) await _homes.AdoptAllAsync(_stop.Token);
                adopted = true;
                if (_leases.Replica is { } replica)
                {
                    var behind = await _backlog.FindAsync(replica, _stop.Token);
                    foreach (var (store, _) in behind.Where(one => !one.IsTaken)) _queue.Nudge(store);
                    // Who has them may have died or stopped before we came, and nobody would tell us.
                    _watch.Add(behind.Where(one => one.IsTaken).Select(one => one.Store));
                    ResyncedAt = _time.GetUtcNow();
                }
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                LogResyncFailed(failure.GetBaseException().Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await _resync.WaitAsync(Resync * (0.8 + (0.4 * _random.NextDouble())), _stop.Token);
        }
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            string store;
            try
            {
                store = await _queue.TakeAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await _visitor.VisitAsync(store, _abandon.Token);
            }
            catch (OperationCanceledException) when (_abandon.IsCancellationRequested)
            {
                // Stopped in the middle: the intent, if there is one, is settled by whoever has the store next.
                LogAbandoned(store);
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
                _queue.Finish(store);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Store {Store}: unexpected failure")]
    private partial void LogFailed(Exception failure, string store);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store {Store}: the visit did not end in time and was abandoned, as this server stops")]
    private partial void LogAbandoned(string store);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for stores that are behind failed: {Explanation}")]
    private partial void LogResyncFailed(string explanation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases were not given back in time: {Explanation}")]
    private partial void LogNotReleased(string explanation);
}
