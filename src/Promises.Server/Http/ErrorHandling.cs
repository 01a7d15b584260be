using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Model;

namespace Promises.Server.Http;

/// <summary>Makes a problem document of whatever went wrong outside the handlers: exceptions, and the framework's bare status codes.</summary>
internal sealed partial class ErrorHandling(RequestDelegate next, ILogger<ErrorHandling> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var problem = From(e);
            if (problem.Status == 500) LogUnexpected(e, context.Request.Method, Route(context));
            else if (problem.Status == 503) LogUnavailable(context.Request.Method, Route(context), e.GetBaseException().Message);

            context.Response.Clear();
            await problem.ExecuteAsync(context);
            return;
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
            await From(context).ExecuteAsync(context);
    }

    private static string Route(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    private static ProblemResult From(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: 413 } => Problems.From(new Failure.TooLarge($"A request may hold {Limits.RequestBytes / 1024 / 1024} MiB.")),
        BadHttpRequestException { StatusCode: 408 } => Problems.Write(408, "timeout", "The request came too slowly.", "Send it again."),
        BadHttpRequestException e => Problems.From(new Failure.Malformed(e.Message)),
        _ when DatabaseIsOut(exception) => Problems.From(new Failure.Unavailable("Nothing was changed unless a later read shows it. Try again in some seconds.")),
        _ => Problems.Write(500, "internal", "Something went wrong in the server.", "The log has the details under the traceId."),
    };

    private static bool DatabaseIsOut(Exception exception) => exception switch
    {
        // Class 08: the connection broke; class 28 and 3D000: it does not let us in; 57P01 to 57P03: it is going down or coming up.
        PostgresException e => e.IsTransient || e.SqlState[..2] is "08" or "28" || e.SqlState is "3D000" or "57P01" or "57P02" or "57P03",
        NpgsqlException => true,
        DbUpdateException or InvalidOperationException or AggregateException when exception.InnerException is { } inner => DatabaseIsOut(inner),
        SocketException or TimeoutException => true,
        _ => false,
    };

    private static ProblemResult From(HttpContext context)
    {
        var status = context.Response.StatusCode;
        switch (status)
        {
            case 404:
                return Problems.Write(404, "not-found", "There is no such route.", "GET /openapi/v1.json lists the routes, /docs shows them.");
            case 405:
                return Problems.Write(405, "method-not-allowed", "The route does not have this method.", $"It has {context.Response.Headers.Allow}.");
            case 415:
                return Problems.From(new UnsupportedMediaType("Documents come as JSON or YAML.", HttpMethods.IsPatch(context.Request.Method)));
            default:
                var phrase = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
                return Problems.Write(status, phrase.ToLowerInvariant().Replace(' ', '-'), $"{phrase}.", "The request was refused.");
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Route} failed")]
    private partial void LogUnexpected(Exception exception, string method, string route);

    [LoggerMessage(LogLevel.Warning, "{Method} {Route}: the database is out of reach: {Reason}")]
    private partial void LogUnavailable(string method, string route, string reason);
}
