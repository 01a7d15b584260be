namespace Promises.Server.Hosting;

internal static class Shutdown
{
    /// <summary>
    /// What a stop may take: requests in hand and, at the same time, visits to state stores get to their end. Whoever stops us gives us ten seconds, and a private
    /// PostgreSQL needs some of them.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    public static WebApplicationBuilder AddShutdown(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        return builder;
    }
}
