namespace Promises.Server.Features.Events;

/// <summary>
/// The one reader of new rows in this process. It looks while somebody follows, keeps the last rows in memory for all who do, and asks nothing of the database
/// while nobody does. Who is further behind than that memory reads the log by itself.
/// </summary>
internal sealed partial class EventTail(EventLog events, TimeProvider time, ILogger<EventTail> log) : BackgroundService
{
    /// <summary>Rows that are kept, at least, once so many have come.</summary>
    private const int Kept = 10_000;

    private const int PageSize = 5_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly List<EventRow> _recent = [];
    private readonly SemaphoreSlim _wanted = new(0);
    private TaskCompletionSource _moved = NewSignal();
    private EventPosition _start;
    private EventPosition _position;
    private ulong? _log;
    private int _followers;

    /// <summary>The log that is followed; null while none is.</summary>
    public ulong? Log
    {
        get
        {
            lock (_lock) return _log;
        }
    }

    /// <summary>Follows the log until it is disposed of.</summary>
    public IDisposable Follow()
    {
        lock (_lock)
        {
            if (++_followers == 1) _wanted.Release();
        }

        return new Follower(this);
    }

    /// <summary>What came after a place; null if that is not in memory.</summary>
    public EventPage? After(EventPosition position, int limit)
    {
        lock (_lock)
        {
            if (_log is null || position < _start) return null;
            if (position >= _position) return new EventPage([], position, false);

            var first = _recent.BinarySearch(new EventRow(position, default, "", "", null), ByPosition.Instance);
            first = first < 0 ? ~first : first + 1;
            var count = Math.Min(limit, _recent.Count - first);
            var more = first + count < _recent.Count;
            var rows = _recent.GetRange(first, count);
            return new EventPage(rows, more ? rows[^1].Position : _position, more);
        }
    }

    /// <summary>Ends once there may be something after a place.</summary>
    public Task MovedAsync(EventPosition position)
    {
        lock (_lock) return _position > position ? Task.CompletedTask : _moved.Task;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first list is read: its version must mean the same to the stream that is opened after it.
        await events.LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _wanted.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _wanted.WaitAsync(stoppingToken);
                while (IsFollowed()) await FollowAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops, and with it all streams.
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            Begin(await events.LookAsync(stoppingToken));
            while (IsFollowed())
            {
                var page = await events.ReadAsync(_position, EventFilter.None, PageSize, stoppingToken);
                if (page is null)
                {
                    Forget();
                    return;
                }

                Add(page);
                if (!page.More) await Task.Delay(Pace, time, stoppingToken);
            }
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure.GetBaseException().Message);
            await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
        }
    }

    /// <summary>The same log as before an outage is followed on; another one begins now.</summary>
    private void Begin(LogState state)
    {
        lock (_lock)
        {
            if (_log == state.Id) return;
            _recent.Clear();
            (_log, _start, _position) = (state.Id, state.Now, state.Now);
            Signal();
        }
    }

    private void Add(EventPage page)
    {
        lock (_lock)
        {
            _position = page.UpTo;
            if (page.Rows.Count == 0) return;

            _recent.AddRange(page.Rows);
            if (_recent.Count > 2 * Kept)
            {
                _start = _recent[^(Kept + 1)].Position;
                _recent.RemoveRange(0, _recent.Count - Kept);
            }

            Signal();
        }
    }

    private bool IsFollowed()
    {
        lock (_lock)
        {
            if (_followers > 0) return true;
            Forget();
            return false;
        }
    }

    /// <summary>What is not followed is not known: rows would be missing.</summary>
    private void Forget()
    {
        lock (_lock)
        {
            _log = null;
            _recent.Clear();
        }
    }

    private void Signal()
    {
        _moved.SetResult();
        _moved = NewSignal();
    }

    private void Leave()
    {
        lock (_lock) _followers--;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "The events could not be read and are tried again: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed class Follower(EventTail tail) : IDisposable
    {
        private EventTail? _tail = tail;

        public void Dispose() => Interlocked.Exchange(ref _tail, null)?.Leave();
    }

    private sealed class ByPosition : IComparer<EventRow>
    {
        public static readonly ByPosition Instance = new();

        public int Compare(EventRow? x, EventRow? y) => x!.Position.CompareTo(y!.Position);
    }
}
