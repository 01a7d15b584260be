namespace Promises.Server.Http;

/// <summary>A server that only writes to the state stores answers for its health and its embedded stores, and for nothing else.</summary>
internal sealed class WorkerRoutes(RequestDelegate next)
{
    private static readonly PathString[] Served = ["/healthz", "/readyz", "/git"];

    public Task InvokeAsync(HttpContext context) => Served.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal))
        ? next(context)
        : Problems.Write(
            404, "not-found", "This server has no such route.",
            "It is a worker, which writes to the state stores and serves /healthz, /readyz and /git only. Ask a server whose PROMISES_Role is all or api.").ExecuteAsync(context);
}
