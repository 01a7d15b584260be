using System.Diagnostics;
using System.Threading.Channels;

namespace Promises.Server.Reconciling;

/// <summary>
/// Names of stores to look at: each waits once, one worker has it at a time, and one that is added while it is worked on comes again. They are served in the order
/// in which they came, however much each has to do. Where changes keep coming, a store rests between two visits, so that they gather in one commit.
/// </summary>
internal sealed class DeliveryQueue(TimeProvider time) : IDisposable
{
    /// <summary>A span holds 128 links by default.</summary>
    private const int MostCauses = 128;

    /// <summary>So many times the visit a store rests at most. With twice that, visits are fewer but so long that writes wait for the processor.</summary>
    private const int MostVisits = 2;

    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Since, int Nudges)> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ActivityContext>> _causes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();

    public int Depth
    {
        get
        {
            lock (_gate) return _queued.Count + _resting.Count + _running.Values.Count(run => run.Nudges > 0);
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

            if (_running.TryGetValue(store, out var run)) _running[store] = run with { Nudges = run.Nudges + 1 };
            else Enqueue(store);
        }
    }

    /// <summary>Forgotten if the server stops before.</summary>
    public async Task NudgeLaterAsync(string store, TimeSpan wait)
    {
        // Timers may be a moment early, and the store would be found not to be due.
        if (await PauseAsync(wait + TimeSpan.FromMilliseconds(20))) Nudge(store);
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
            _running.Add(store, (time.GetTimestamp(), 0));
        }

        return store;
    }

    public void Finish(string store)
    {
        TimeSpan rest;
        lock (_gate)
        {
            _running.Remove(store, out var run);
            if (run.Nudges == 0) return;
            rest = RestAfter(time.GetElapsedTime(run.Since), run.Nudges);
            if (rest == TimeSpan.Zero) Enqueue(store);
            else _resting.Add(store);
        }

        if (rest > TimeSpan.Zero) _ = RestAsync(store, rest);
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    /// <summary>
    /// The more changes came during a visit, the longer, and the longer it took, since then the machine has much to do. A single one is somebody who changes one thing
    /// after the other, and waits for each.
    /// </summary>
    private static TimeSpan RestAfter(TimeSpan took, int nudges)
    {
        var rest = took * Math.Min(nudges - 1, MostVisits);
        return rest < LongestRest ? rest : LongestRest;
    }

    private async Task RestAsync(string store, TimeSpan rest)
    {
        await PauseAsync(rest);
        lock (_gate)
        {
            _resting.Remove(store);
            Enqueue(store);
        }
    }

    private void Enqueue(string store)
    {
        if (!_resting.Contains(store) && _queued.Add(store)) _waiting.Writer.TryWrite(store);
    }

    /// <returns>False if the server stops before.</returns>
    public async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, _end.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
