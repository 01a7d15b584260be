using Promises.Server.Features.Health;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

internal static class DeliveryRegistration
{
    /// <summary>Adds what writes to the state stores, which are registered apart, and the resync: all but in a server that is there for the API only.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services, ServerRole role)
    {
        services.AddReplica();
        return role == ServerRole.Api ? services.AddHostedService<FleetPreload>() : services.AddWriter().AddHostedService<SchedulingReconciler>();
    }

    /// <summary>What makes this process one of several on its database.</summary>
    private static void AddReplica(this IServiceCollection services) => services
        .AddSingleton<LeaseRows>()
        .AddSingleton<StoreLeases>()
        .AddSingleton<StoreHomes>()
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<DeliveryNotices>()
        .AddSingleton<Deliveries>()
        .AddSingleton<SyncRequests>()
        .AddSingleton<RenderCache>()
        .AddSingleton<StoreWorkReader>()
        .AddHostedService<Presence>();

    private static IServiceCollection AddWriter(this IServiceCollection services) => services
        .AddSingleton<DeliveryRecorder>()
        .AddSingleton(provider => provider.GetRequiredService<ServerOptions>().Delivery)
        .AddSingleton<HoldBook>()
        .AddSingleton<Brake>()
        .AddSingleton<StoreSchedule>()
        .AddSingleton<StoreBacklog>()
        .AddSingleton<LeaseWatch>()
        .AddSingleton<HostCircuits>()
        .AddSingleton<StoreVisitor>()
        .AddSingleton<DeliveryTelemetry>()
        .AddSingleton<SeenBranches>()
        .AddSingleton<StorePushes>()
        .AddSingleton<Settlement>()
        .AddSingleton<Proposals>()
        .AddSingleton<BatchWriter>()
        .AddSingleton<StateStoreReconciler>()
        .AddSingleton<DeliveryHost>()
        .AddHostedService(provider => provider.GetRequiredService<DeliveryHost>())
        .AddSingleton<StoreMetrics>()
        .AddHostedService<FleetMetrics>()
        .AddSingleton<LookRows>()
        .AddSingleton<Looks>()
        .AddHostedService<LookHost>()
        .AddHostedService<MirrorKeeper>()
        .AddSingleton<IReadinessCheck, WriterCheck>();
}
