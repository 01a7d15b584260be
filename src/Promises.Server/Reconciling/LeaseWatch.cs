using Npgsql;

namespace Promises.Server.Reconciling;

/// <summary>
/// Stores that are behind and another replica's: looked at again and again until it is done, or gone, so that a replica that dies with work in hand is followed
/// within a second. One query for all of them.
/// </summary>
internal sealed class LeaseWatch(StoreBacklog backlog, StoreLeases leases, DeliveryQueue queue, TimeProvider time, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ever = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Look> _watched = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Signal _added = new(time);

    public void Add(params IEnumerable<string> stores)
    {
        lock (_gate)
        {
            foreach (var store in stores) _watched.TryAdd(store, Next(First));
        }

        _added.Set();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _added.WaitAsync(UntilNext(), cancellationToken);
            var due = TakeDue();
            if (due.Count == 0 || leases.Replica is not { } replica) continue;
            try
            {
                await LookAsync(due, replica, cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                // The database is out of reach: when it is back, the resync finds what is behind.
            }
        }
    }

    private async Task LookAsync(Dictionary<string, Look> due, long replica, CancellationToken cancellationToken)
    {
        var standings = await backlog.LookAsync(due.Keys, replica, leases.Duration, cancellationToken);
        foreach (var (store, look) in due)
        {
            // Of one that is no more, what is kept here is to be forgotten.
            if (!standings.TryGetValue(store, out var standing) || standing == StoreStanding.Free) queue.Nudge(store);
            if (standing != StoreStanding.Taken) continue;
            lock (_gate) _watched.TryAdd(store, Next(look.Pause * 2 < Longest ? look.Pause * 2 : Longest));
        }
    }

    private Look Next(TimeSpan pause) => new(time.GetTimestamp(), pause, pause * (0.75 + (random.NextDouble() / 2)));

    private TimeSpan UntilNext()
    {
        lock (_gate)
        {
            if (_watched.Count == 0) return Ever;
            var next = _watched.Values.Min(look => look.Wait - time.GetElapsedTime(look.At));
            return next > TimeSpan.Zero ? next : TimeSpan.Zero;
        }
    }

    /// <summary>Those whose time has come, and those whose time comes soon: they share a query.</summary>
    private Dictionary<string, Look> TakeDue()
    {
        lock (_gate)
        {
            if (!_watched.Values.Any(look => time.GetElapsedTime(look.At) >= look.Wait)) return [];
            var due = _watched.Where(pair => time.GetElapsedTime(pair.Value.At) >= pair.Value.Wait * 0.7).ToDictionary(StringComparer.Ordinal);
            foreach (var store in due.Keys) _watched.Remove(store);
            return due;
        }
    }

    private sealed record Look(long At, TimeSpan Pause, TimeSpan Wait);
}
