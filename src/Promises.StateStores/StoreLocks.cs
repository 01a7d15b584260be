using System.Collections.Concurrent;

namespace Promises.StateStores;

/// <summary>One user at a time per directory, however many hold a store on it. Upkeep comes in only while nobody works there, and makes room for whoever wants to.</summary>
internal sealed class StoreLocks
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    /// <summary>Hears of every use that ended.</summary>
    public Action<string>? Left { get; set; }

    public async Task<IDisposable> EnterAsync(string directory, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(directory, _ => new Gate());
        gate.Want();
        try
        {
            await gate.Door.WaitAsync(cancellationToken);
        }
        finally
        {
            gate.HasCome();
        }

        return new Held(this, directory, gate);
    }

    /// <summary>Null if somebody works there or is about to.</summary>
    public IdleHold? TryEnterIdle(string directory) => _gates.GetOrAdd(directory, _ => new Gate()).TryEnterIdle();

    internal sealed class Gate
    {
        private readonly Lock _state = new();
        private int _wanted;
        private Action? _makeRoom;

        public SemaphoreSlim Door { get; } = new(1, 1);

        public void Want()
        {
            Action? makeRoom;
            lock (_state)
            {
                _wanted++;
                makeRoom = _makeRoom;
            }

            makeRoom?.Invoke();
        }

        public void HasCome()
        {
            lock (_state) _wanted--;
        }

        public IdleHold? TryEnterIdle()
        {
            lock (_state)
            {
                if (_wanted > 0 || !Door.Wait(0)) return null;
                var idle = new IdleHold(this);
                _makeRoom = idle.MakeRoom;
                return idle;
            }
        }

        public void LeaveIdle()
        {
            lock (_state) _makeRoom = null;
            Door.Release();
        }
    }

    private sealed class Held(StoreLocks locks, string directory, Gate gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Door.Release();
            locks.Left?.Invoke(directory);
        }
    }
}

/// <summary>Held for upkeep.</summary>
internal sealed class IdleHold(StoreLocks.Gate gate) : IDisposable
{
    private readonly CancellationTokenSource _wanted = new();

    /// <summary>Somebody wants to work here: end at once.</summary>
    public CancellationToken Wanted => _wanted.Token;

    public void MakeRoom() => _wanted.Cancel();

    // The source is not disposed: whoever wants to come in may be about to cancel it, and it holds no timer.
    public void Dispose() => gate.LeaveIdle();
}
