using System.Buffers;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Hosting;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Events;

/// <summary>Where a stream begins.</summary>
/// <param name="Reset">Why the client has to read the lists anew; null if it does not.</param>
internal sealed record EventStart(ulong Log, EventPosition Position, string? Reset);

/// <summary>Who reads a stream.</summary>
/// <param name="Bearer">The token itself: it is held against the others again while the stream lasts.</param>
internal sealed record EventReader(string Token, string Bearer);

/// <summary>
/// One stream. It takes rows from the tail, or from the log while it is behind that, at the pace of its client: nothing piles up for one that is slow, and one that
/// does not read at all is cut. It ends when the token does, when the log becomes another, and when the server stops; the client comes back with its last id.
/// </summary>
internal sealed partial class EventStream(
    EventLog log, EventTail tail, EventObjects objects, EventKinds kinds, TokenDirectory tokens, TimeProvider time, EventOptions options, ILogger<EventStream> logger)
{
    private const int PageSize = 500;

    /// <summary>Bytes after which what is ready is sent.</summary>
    private const int Chunk = 64 * 1024;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _ready = new();
    private EventPosition _position;
    private EventPosition _told;

    /// <param name="cancellationToken">The client has gone, or the server stops.</param>
    public async Task RunAsync(HttpResponse response, EventReader reader, EventFilter filter, EventStart start, CancellationToken cancellationToken)
    {
        _position = start.Position;
        EventFrames.Retry(_ready, Pause);
        EventFrames.Comment(_ready, "connected", Told(start.Log));
        if (start.Reset is not null) EventFrames.Reset(_ready, Told(start.Log), start.Reset);
        await SendAsync(response, cancellationToken);

        var beat = time.GetTimestamp();
        while (true)
        {
            var page = tail.After(_position, PageSize) ?? await log.ReadAsync(_position, filter, PageSize, cancellationToken);
            if (page is null)
            {
                var state = await log.LookAsync(cancellationToken);
                if (state.Id != start.Log) return;
                _position = state.Now;
                EventFrames.Reset(_ready, Told(start.Log), "Events that were not sent yet are gone.");
            }
            else
            {
                if (page.Rows.Any(row => row is { Kind: Kinds.Token, Type: EventType.Deleted } && row.Name == reader.Token)) return;
                await SendAsync(response, start.Log, page, filter, cancellationToken);
                _position = page.UpTo;
            }

            if (time.GetElapsedTime(beat) >= Heartbeat)
            {
                beat = time.GetTimestamp();
                if (await tokens.FindAsync(reader.Bearer, cancellationToken) is null) return;
                EventFrames.Comment(_ready, "still here", _position > _told ? Told(start.Log) : null);
            }

            await SendAsync(response, cancellationToken);
            if (tail.Log is { } followed && followed != start.Log) return;
            if (page is not { More: true }) await WaitAsync(Heartbeat - time.GetElapsedTime(beat), cancellationToken);
        }
    }

    /// <summary>Until something may have come, or the client is to be told that nothing has.</summary>
    private async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var moved = tail.MovedAsync(_position);
        if (moved.IsCompleted || longest <= TimeSpan.Zero) return;

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(moved, Task.Delay(longest, time, waiting.Token));
        await waiting.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SendAsync(HttpResponse response, ulong of, EventPage page, EventFilter filter, CancellationToken cancellationToken)
    {
        var pending = EventBatch.Of(page, filter, kinds);
        if (pending.Count == 0) return;

        var found = await objects.ReadAsync([.. pending.Select(one => (one.Kind, one.Name, one.Last))], page.UpTo, cancellationToken);
        for (var i = 0; i < pending.Count; i++)
        {
            var (one, json) = (pending[i], found[i]);
            EventFrames.Event(_ready, one.Id.ToId(of), json is null ? EventType.Deleted : one.Type, one.Kind, one.Name, json, one.Detail);
            _told = one.Id;
            if (_ready.WrittenCount >= Chunk) await SendAsync(response, cancellationToken);
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if (_ready.WrittenCount == 0) return;
        using var patience = new CancellationTokenSource(options.SlowClient, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await response.Body.WriteAsync(_ready.WrittenMemory, either.Token);
            await response.Body.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogSlow();
            response.HttpContext.Abort();
            throw;
        }

        _ready.ResetWrittenCount();
    }

    private string Told(ulong of)
    {
        _told = _position;
        return _position.ToId(of);
    }

    [LoggerMessage(LogLevel.Information, "A client that did not read its events was cut")]
    private partial void LogSlow();
}
