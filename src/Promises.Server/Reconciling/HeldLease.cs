namespace Promises.Server.Reconciling;

/// <summary>A lease that this replica holds, and for how long it may use it by its own counter of time: no other clock is asked.</summary>
internal sealed class HeldLease : IDisposable
{
    private readonly CancellationTokenSource _lost;
    private readonly TimeSpan _usable;
    private readonly TimeProvider _time;
    private long _renewedAt;
    private long _usedAt;

    /// <param name="askedAt">Before the database was asked: its time began later, so ours ends earlier.</param>
    public HeldLease(StoreLease lease, TimeSpan usable, long askedAt, TimeProvider time)
    {
        (Lease, _usable, _time, _usedAt) = (lease, usable, time, askedAt);
        _lost = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Lost = _lost.Token;
        Renew(askedAt);
    }

    public StoreLease Lease { get; }

    /// <summary>Cancelled when another replica may have the store.</summary>
    public CancellationToken Lost { get; }

    public bool IsValid => !Lost.IsCancellationRequested && Remaining > TimeSpan.Zero;

    /// <summary>A visit is made with it right now.</summary>
    public bool InUse { get; private set; }

    public TimeSpan Idle => InUse ? TimeSpan.Zero : _time.GetElapsedTime(_usedAt);

    /// <summary>No visit with it came to an end yet, so the claim still counts as an attempt.</summary>
    public bool IsAttempt { get; private set; } = true;

    private TimeSpan Remaining => _usable - _time.GetElapsedTime(_renewedAt);

    public void Renew(long askedAt)
    {
        _renewedAt = askedAt;
        var remaining = Remaining;
        _lost.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
    }

    public void Begin() => InUse = true;

    /// <returns>Whether it was the first visit with it that came to an end.</returns>
    public bool End()
    {
        _usedAt = _time.GetTimestamp();
        InUse = false;
        var first = IsAttempt;
        IsAttempt = false;
        return first;
    }

    /// <summary>It is over: whoever works with it is cancelled.</summary>
    public void Dispose()
    {
        _lost.Cancel();
        _lost.Dispose();
    }
}
