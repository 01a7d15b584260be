using Promises.Server.Http;

namespace Promises.Server.Features.Health;

/// <summary>What probes ask, without a token.</summary>
internal static class HealthEndpoints
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<ReadinessChecks>()
        .AddSingleton<IReadinessCheck, DatabaseCheck>()
        .AddSingleton<IReadinessCheck, MigrationsCheck>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("").WithTags("Health").AllowAnonymous();

        health.MapGet("/healthz", () => ApiResults.Ok(new { status = "ok" }))
            .WithName("GetHealth").WithSummary("Is the process alive?");

        health.MapGet("/readyz", ReadyAsync)
            .WithName("GetReadiness").WithSummary("Can the server take requests? 503 with the parts that do not work yet").Answers("Readiness").Answers("Readiness", 503);
    }

    private static async Task<IResult> ReadyAsync(ReadinessChecks checks, CancellationToken cancellationToken)
    {
        var answers = await checks.RunAsync(cancellationToken);
        var ready = answers.Values.All(answer => answer == "ok");
        return ApiResults.Status(ready ? 200 : 503, new { status = ready ? "ready" : "not ready", checks = answers });
    }
}
