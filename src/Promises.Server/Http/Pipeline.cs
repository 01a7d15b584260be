using Promises.Server.Hosting;
using Promises.Server.Http.OpenApi;

namespace Promises.Server.Http;

/// <summary>What every request passes before it comes to its route.</summary>
internal static class Pipeline
{
    public static WebApplication UsePipeline(this WebApplication app, ServerRole role)
    {
        app.Use(SecurityHeadersAsync);
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<ErrorHandling>();
        if (role == ServerRole.Worker) app.UseMiddleware<WorkerRoutes>();
        app.Use(HeadAsGetAsync);
        app.UseApiPage();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    private static Task SecurityHeadersAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }

    /// <summary>Routes know GET only; the server leaves the body of the answer to a HEAD away by itself.</summary>
    private static Task HeadAsGetAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method)) context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
