using Promises.Server.Features.Health;

namespace Promises.Server.Features.Fleet;

/// <summary>Deciding works once the fleet was loaded.</summary>
internal sealed class SchedulerCheck(FleetState fleet) : IReadinessCheck
{
    public string Name => "scheduler";

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(fleet.Loaded ? null : "the fleet is being loaded");
}
