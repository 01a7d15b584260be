using Promises.Server.Hosting;

namespace Promises.Server.Features.Events;

internal static class EventRegistration
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton<EventLog>()
        .AddSingleton<EventKinds>()
        .AddSingleton<EventObjects>()
        .AddSingleton<EventStreams>()
        .AddSingleton<EventTail>()
        .AddHostedService(provider => provider.GetRequiredService<EventTail>())
        .AddSingleton<EventRetention>()
        .AddHostedService(provider => provider.GetRequiredService<EventRetention>())
        .AddSingleton(provider => provider.GetRequiredService<ServerOptions>().Events)
        .AddTransient<EventStream>();
}
