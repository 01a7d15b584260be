using System.Diagnostics;
using System.Threading.Channels;

namespace Promises.Server.Reconciling;

/// <summary>Names of stores to look at: each waits once, one worker has it at a time, and one that is added while it is worked on comes again.</summary>
internal sealed class DeliveryQueue : IDeliveryQueue
{
    /// <summary>A span holds 128 links by default.</summary>
    private const int MostCauses = 128;

    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _again = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ActivityContext>> _causes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public int Depth
    {
        get
        {
            lock (_gate) return _queued.Count + _again.Count;
        }
    }

    public void Nudge(string store)
    {
        lock (_gate)
        {
            if (Activity.Current is { Recorded: true } cause)
            {
                if (!_causes.TryGetValue(store, out var causes)) _causes.Add(store, causes = []);
                if (causes.Count < MostCauses) causes.Add(cause.Context);
            }

            if (_running.Contains(store)) _again.Add(store);
            else if (_queued.Add(store)) _waiting.Writer.TryWrite(store);
        }
    }

    /// <summary>The spans that nudged a store since this was asked last.</summary>
    public IReadOnlyList<ActivityContext> TakeCauses(string store)
    {
        lock (_gate) return _causes.Remove(store, out var causes) ? causes : [];
    }

    public async ValueTask<string> TakeAsync(CancellationToken cancellationToken)
    {
        var store = await _waiting.Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            _queued.Remove(store);
            _running.Add(store);
        }

        return store;
    }

    public void Finish(string store)
    {
        lock (_gate)
        {
            _running.Remove(store);
            if (_again.Remove(store) && _queued.Add(store)) _waiting.Writer.TryWrite(store);
        }
    }
}
