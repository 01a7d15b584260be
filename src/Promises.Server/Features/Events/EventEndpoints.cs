using Promises.Model;
using Promises.Server.Hosting;
using Promises.Server.Http;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Events;

/// <summary>The route of the event stream.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", OpenAsync).Query("kind", "name", "since").Streams(EventFrames.MediaType).WithTags("Events")
            .WithName("WatchEvents").WithSummary("What happens from now on, or since a place, as server-sent events");

    private static async Task<IResult> OpenAsync(HttpContext context, EventKinds kinds, EventStreams streams, EventOptions options)
    {
        var filter = new EventFilter(Query.Filter(context.Request, "kind"), Query.Filter(context.Request, "name"));
        if (filter.Kind is not null && !kinds.Has(filter.Kind)) return Problems.From(new Failure.Malformed($"kind is one of {string.Join(", ", kinds.Names)}."));

        var last = context.Request.Headers["Last-Event-ID"].ToString();
        var start = await streams.BeginAsync(last.Length == 0 ? null : last, Query.Filter(context.Request, "since"), context.RequestAborted);
        if (start.Failure is not null) return Problems.From(start.Failure);

        var place = streams.Enter(context.RequiredCaller().Token);
        return place is null ? Problems.From(new TooManyStreams(options.StreamsPerToken)) : new EventStreamResult(place, filter, start.Value);
    }
}
