using Microsoft.Net.Http.Headers;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Events;

/// <summary>An answer that lasts as long as its client follows.</summary>
internal sealed partial class EventStreamResult(IDisposable place, EventFilter filter, EventStart start) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = place;
        var services = httpContext.RequestServices;
        using var following = services.GetRequiredService<EventTail>().Follow();
        // Clients of a server that stops go to another one at once, instead of holding it up.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);

        var response = httpContext.Response;
        response.ContentType = EventFrames.MediaType;
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        var bearer = TokenAuthentication.Bearer(httpContext.Request.Headers.Authorization.ToString())!;
        try
        {
            await services.GetRequiredService<EventStream>()
                .RunAsync(response, new EventReader(httpContext.RequiredCaller().Token, bearer), filter, start, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or was cut, or the server stops.
        }
        catch (Exception failure) when (response.HasStarted)
        {
            // Nothing can be said in an answer that is under way; the client comes back with its last id.
            LogBroken(services.GetRequiredService<ILogger<EventStream>>(), failure.GetBaseException().Message);
            httpContext.Abort();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A stream of events broke off: {Reason}")]
    private static partial void LogBroken(ILogger logger, string reason);
}
