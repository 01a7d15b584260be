using Npgsql;
using Promises.Data;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>
/// The leases of this replica. It keeps one while the store has had work in the last minute, so that the usual visit asks nobody, and gives it up when the store
/// is idle. All of them end with the session of <see cref="Presence"/>.
/// </summary>
internal sealed partial class StoreLeases(
    LeaseRows rows, DataDirectory directory, TestingOptions testing, Failpoints failpoints, TimeProvider time, ILogger<StoreLeases> log)
{
    /// <summary>Of the duration, so that a writer ends before others may begin.</summary>
    private const double Margin = 5.0 / 6;

    private readonly Dictionary<string, HeldLease> _held = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long? _replica;

    /// <summary>This replica has come back to life, and whatever was nudged meanwhile was not heard.</summary>
    public event Action? Begun;

    /// <summary>Null while there is no connection to the database that says so.</summary>
    public long? Replica
    {
        get
        {
            lock (_gate) return _replica;
        }
    }

    public TimeSpan Duration => testing.Lease;

    /// <summary>Renewed that often.</summary>
    public TimeSpan Pace => Duration / 3;

    /// <summary>Kept that long without work.</summary>
    private TimeSpan Sticky => Duration * 2;

    public bool Any
    {
        get
        {
            lock (_gate) return _held.Count > 0;
        }
    }

    /// <inheritdoc cref="LeaseStatus.ReadAsync"/>
    public static Task<LeaseStatus?> ReadAsync(PromisesDb database, string store, CancellationToken cancellationToken) =>
        LeaseStatus.ReadAsync(database, store, cancellationToken);

    public void Begin(long replica)
    {
        lock (_gate) _replica = replica;
        Begun?.Invoke();
    }

    /// <summary>Nothing may be written any more: others see that the session is gone.</summary>
    public void End()
    {
        List<HeldLease> lost;
        lock (_gate)
        {
            _replica = null;
            lost = [.. _held.Values];
            _held.Clear();
        }

        foreach (var held in lost) held.Dispose();
    }

    public bool Holds(string store)
    {
        lock (_gate) return _held.TryGetValue(store, out var held) && held.IsValid;
    }

    /// <summary>For one visit, claimed if need be. Null if another replica has it, or it is better left alone.</summary>
    public async Task<HeldLease?> EnterAsync(string store, CancellationToken cancellationToken)
    {
        long replica;
        lock (_gate)
        {
            if (_replica is not { } id) return null;
            if (_held.TryGetValue(store, out var held) && held.IsValid)
            {
                held.Begin();
                return held;
            }

            replica = id;
        }

        failpoints.Reach("claim", after: false);
        var askedAt = time.GetTimestamp();
        if (await rows.ClaimAsync(store, replica, Duration, directory.ServerId, cancellationToken) is not { } claimed) return null;
        failpoints.Reach("claim", after: true);
        if (claimed.Attempts > 2) LogShunned(store, claimed.Attempts - 1);

        HeldLease? expired;
        HeldLease fresh;
        lock (_gate)
        {
            // The session ended meanwhile, and the lease with it.
            if (_replica != replica) return null;
            fresh = new HeldLease(new StoreLease(store, claimed.Epoch), Duration * Margin, askedAt, time);
            fresh.Begin();
            _held.Remove(store, out expired);
            _held.Add(store, fresh);
        }

        expired?.Dispose();
        return fresh;
    }

    /// <summary>The visit came to an end, well or not.</summary>
    public async Task LeaveAsync(HeldLease held, CancellationToken cancellationToken)
    {
        bool first;
        lock (_gate) first = held.End();
        if (first && held.IsValid) await rows.EndAttemptsAsync(held.Lease, cancellationToken);
    }

    /// <summary>It turned out not to be ours any more.</summary>
    public void Drop(HeldLease held)
    {
        lock (_gate)
        {
            if (_held.GetValueOrDefault(held.Lease.Store) != held) return;
            _held.Remove(held.Lease.Store);
        }

        held.Dispose();
    }

    /// <returns>The time of the database, and when it was asked for.</returns>
    public async Task<(DateTimeOffset Now, long AskedAt)> RenewAsync(NpgsqlConnection connection, long replica, CancellationToken cancellationToken)
    {
        List<HeldLease> keep, idle;
        lock (_gate)
        {
            idle = [.. _held.Values.Where(held => held.Idle > Sticky)];
            foreach (var held in idle) _held.Remove(held.Lease.Store);
            keep = [.. _held.Values];
        }

        if (idle.Count > 0) failpoints.Reach("release", after: false);
        var askedAt = time.GetTimestamp();
        var (now, kept) = await LeaseRows.RenewAsync(
            connection, replica, Duration, [.. keep.Select(held => held.Lease)], [.. idle.Select(held => held.Lease)], cancellationToken);
        if (idle.Count > 0) failpoints.Reach("release", after: true);

        foreach (var held in idle) held.Dispose();
        foreach (var held in keep.Where(held => !kept.Contains(held.Lease.Store))) Drop(held);
        lock (_gate)
        {
            foreach (var held in _held.Values.Intersect(keep)) held.Renew(askedAt);
        }

        return (now, askedAt);
    }

    /// <summary>At the end, so that others need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Replica is not { } replica) return;
        End();
        failpoints.Reach("release", after: false);
        await rows.ReleaseAsync(replica, cancellationToken);
        failpoints.Reach("release", after: true);
    }

    [LoggerMessage(LogLevel.Error, "Store {Store}: the last {Attempts} visits ended with the death of their server; it is visited ever more rarely")]
    private partial void LogShunned(string store, int attempts);
}
