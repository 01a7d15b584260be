using System.Collections.Concurrent;
using System.Globalization;
using Promises.Model;
using Promises.Server.Hosting;
using Promises.Server.Http;

namespace Promises.Server.Features.Events;

/// <summary>The streams that are open in this process: how many each token has, and where a new one begins.</summary>
internal sealed class EventStreams(EventLog log, EventOptions options)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>A place for one more stream of a token, to be disposed of at its end; null if it has all it may have.</summary>
    public IDisposable? Enter(string token)
    {
        if (_open.AddOrUpdate(token, 1, (_, count) => count + 1) <= options.StreamsPerToken) return new Place(this, token);
        Leave(token);
        return null;
    }

    /// <param name="lastId">What the client got last, as it says; whatever it is, it is answered with events.</param>
    /// <param name="since">An id, or the resourceVersion of a list.</param>
    public async Task<Outcome<EventStart>> BeginAsync(string? lastId, string? since, CancellationToken cancellationToken)
    {
        var state = await log.LookAsync(cancellationToken);
        if (lastId is not null)
            return EventPosition.TryParse(lastId, out var of, out var place) ? Resumed(state, of == state.Id ? place : null) : Resumed(state, null);

        if (since is null) return new EventStart(state.Id, state.Now, null);
        if (EventPosition.TryParse(since, out var sinceOf, out var sincePlace)) return Resumed(state, sinceOf == state.Id ? sincePlace : null);
        if (long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return Resumed(state, await log.OfVersionAsync(version, cancellationToken));

        return new Failure.Malformed("since is the id of an event, or metadata.resourceVersion of a list.");
    }

    private static EventStart Resumed(LogState state, EventPosition? place) =>
        place is not { } known || known > state.Next ? new EventStart(state.Id, state.Now, "This place is not known here.")
        : known < state.Horizon ? new EventStart(state.Id, state.Now, "What came after this place is not kept any more.")
        : new EventStart(state.Id, known, null);

    private void Leave(string token)
    {
        while (_open.TryGetValue(token, out var count))
        {
            if (count == 1 ? _open.TryRemove(KeyValuePair.Create(token, 1)) : _open.TryUpdate(token, count - 1, count)) return;
        }
    }

    private sealed class Place(EventStreams streams, string token) : IDisposable
    {
        private EventStreams? _streams = streams;

        public void Dispose() => Interlocked.Exchange(ref _streams, null)?.Leave(token);
    }
}

/// <summary>The token has as many streams as it may have.</summary>
internal sealed record TooManyStreams(int Limit) : Failure, IProblem
{
    public ProblemResult ToProblem()
    {
        var problem = Problems.Write(
            429, "too-many-streams", "Too many streams of events are open.", $"A token may have {Limit} at a time here. Close one, or follow several kinds with one stream.");
        problem.Headers["Retry-After"] = "5";
        return problem;
    }
}
