using Npgsql;
using Promises.Server.Features.Applying;
using Promises.Server.Features.Catalog;
using Promises.Server.Features.Changes;
using Promises.Server.Features.Clusters;
using Promises.Server.Features.Credentials;
using Promises.Server.Features.Environments;
using Promises.Server.Features.Events;
using Promises.Server.Features.Explaining;
using Promises.Server.Features.Health;
using Promises.Server.Features.Holds;
using Promises.Server.Features.Placements;
using Promises.Server.Features.Promotions;
using Promises.Server.Features.StateStores;

namespace Promises.Server.Features.Fleet;

internal static class FleetRegistration
{
    public static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<FleetState>();
        services.AddSingleton<WriteTurns>();
        services.AddSingleton<ImpactTokenKey>();
        services.AddSingleton<RemovalConfirmation>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<IdempotencyCleaning>();
        services.AddHostedService(provider => provider.GetRequiredService<IdempotencyCleaning>());
        services.AddScoped<FleetWriter>();
        services.AddScoped<FleetSeed>();
        services.AddSingleton<Rehearsal>();
        services.AddSingleton<RepositoryCheck>();
        services.AddSingleton<IReadinessCheck, SchedulerCheck>();
        services.AddKind<EnvironmentKind>().AddKind<CredentialKind>().AddKind<StateStoreKind>().AddKind<ClusterKind>().AddKind<PromiseKind>();
        return services.AddEvents();
    }

    public static void MapFleet(this WebApplication app, IEndpointRouteBuilder api)
    {
        api.MapFleetKind(app.Services.GetRequiredService<EnvironmentKind>(), "An");
        api.MapFleetKind(app.Services.GetRequiredService<CredentialKind>(), "A");
        api.MapStateStores(app.Services.GetRequiredService<StateStoreKind>());
        api.MapClusters(app.Services.GetRequiredService<ClusterKind>());
        api.MapPromises(app.Services.GetRequiredService<PromiseKind>());
        api.MapPlacements();
        api.MapExplain();
        api.MapPromotions();
        api.MapChanges();
        api.MapHolds();
        api.MapApply();
        api.MapEvents();
    }

    private static IServiceCollection AddKind<TKind>(this IServiceCollection services) where TKind : class, IFleetKind =>
        services.AddSingleton<TKind>().AddSingleton<IFleetKind>(provider => provider.GetRequiredService<TKind>());
}

/// <summary>The key under which impact tokens are signed: one for all replicas, so it lies in the database.</summary>
internal sealed class ImpactTokenKey(NpgsqlDataSource database)
{
    private byte[]? _key;

    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken) =>
        _key ??= await SharedSecrets.GetOrCreateAsync(database, "impact-token-key", cancellationToken);
}
