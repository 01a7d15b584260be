namespace Promises.Server.Features.Fleet;

/// <summary>Lets this process's writes ask for the fleet lock one after the other, so that waiting costs no database connection.</summary>
internal sealed class WriteTurns(TimeProvider time) : IDisposable
{
    /// <summary>For the writes before this one. A database that falls silent ends each of them in its own time, and a queue of them must not add up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>
    /// One that waits at the gate, and one that still reads what it will need. Were more to read ahead, each of a burst of writes would open a connection, and opening
    /// them takes longer than the writes.
    /// </summary>
    private readonly SemaphoreSlim _anteroom = new(2, 2);

    /// <param name="prefetch">Reads what the write will need, before its turn.</param>
    /// <returns>To be disposed when the write has ended; null if those before do not end.</returns>
    public async Task<IDisposable?> TakeAsync(Func<CancellationToken, Task>? prefetch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        if (!await _anteroom.WaitAsync(Patience, cancellationToken)) return null;
        try
        {
            if (prefetch is not null) await prefetch(cancellationToken);
            var left = Patience - time.GetElapsedTime(began);
            return left > TimeSpan.Zero && await _gate.WaitAsync(left, cancellationToken) ? new Turn(_gate) : null;
        }
        finally
        {
            _anteroom.Release();
        }
    }

    /// <summary>However long it takes.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        return new Turn(_gate);
    }

    public void Dispose()
    {
        _anteroom.Dispose();
        _gate.Dispose();
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
