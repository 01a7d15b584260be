using System.Diagnostics;
using Promises.Server.Http.Auth;

namespace Promises.Server.Http;

/// <summary>One short line per request: the route and not the path, which is a client's text.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        var method = context.Request.Method;
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? "(no route)";
            var level = route is "/healthz" or "/readyz" ? LogLevel.Debug : LogLevel.Information;
            if (log.IsEnabled(level))
            {
                var milliseconds = time.GetElapsedTime(began).TotalMilliseconds;
                var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                var (name, token) = (Known(method), context.Caller()?.Token ?? "-");
                LogRequest(level, name, route, context.Response.StatusCode, milliseconds, token, trace);
            }
        }
    }

    private static string Known(string method) => method.Length <= 10 && method.All(char.IsAsciiLetterUpper) ? method : "(other)";

    [LoggerMessage("{Method} {Route} {Status} in {Milliseconds:0.0} ms by {Token}, trace {TraceId}")]
    private partial void LogRequest(LogLevel level, string method, string route, int status, double milliseconds, string token, string traceId);
}
