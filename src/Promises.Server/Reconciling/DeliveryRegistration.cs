using Promises.Server.Features.Health;

namespace Promises.Server.Reconciling;

internal static class DeliveryRegistration
{
    /// <summary>Adds what writes to the state stores, which are registered apart.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services) => services
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<IDeliveryQueue>(provider => provider.GetRequiredService<DeliveryQueue>())
        .AddSingleton<RevisionCache>()
        .AddSingleton<StoreWorkReader>()
        .AddSingleton<DeliveryRecorder>()
        .AddSingleton<StoreSchedule>()
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
        .AddSingleton<IReadinessCheck, WriterCheck>();
}
