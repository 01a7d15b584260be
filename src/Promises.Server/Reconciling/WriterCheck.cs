using Promises.Server.Features.Health;

namespace Promises.Server.Reconciling;

/// <summary>Whether the writer looks for work. A store that cannot be reached is that store's condition, not the writer's.</summary>
internal sealed class WriterCheck(DeliveryHost host, TimeProvider time) : IReadinessCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Name => "writer";

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(
        host.ResyncedAt is not { } at ? "not started yet" : time.GetUtcNow() - at > Patience ? "does not look for work" : null);
}
