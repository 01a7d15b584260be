using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Reconciling;

/// <summary>
/// The resync: decides the fleet again in the background, at the start (after an upgrade, perhaps) and every few minutes. It may add and update, never remove.
/// It looks without the fleet lock first, so that a fleet at rest is not disturbed.
/// </summary>
internal sealed partial class SchedulingReconciler(IServiceScopeFactory scopes, FleetState state, TimeProvider clock, Random random, ILogger<SchedulingReconciler> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ResyncAsync(stoppingToken);
                await Task.Delay(Interval * (0.8 + (0.4 * random.NextDouble())), clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A resync that failed, whatever the reason, is tried again: nothing depends on this one.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(e);
                await Task.Delay(TimeSpan.FromSeconds(30), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal async Task<int> ResyncAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<PromisesDb>();
        var snapshot = await state.ReadAsync(database, cancellationToken);
        var missed = Scheduler.Plan(snapshot, Scope.Everything, PlanMode.Resync).Changes.Count;
        if (missed == 0 && (await OutdatedAsync(database, snapshot, cancellationToken)).Count == 0) return 0;

        var moved = await scope.ServiceProvider.GetRequiredService<FleetWriter>().ResyncAsync(
            async (edit, token) => edit.Resited.UnionWith(await OutdatedAsync(edit.Database, edit.Before, token)), cancellationToken);
        if (moved > 0) LogMoved(moved);
        return moved;
    }

    /// <summary>Clusters with a placement whose wanted digest is not what this version of the renderer would want.</summary>
    private static async Task<IReadOnlyList<string>> OutdatedAsync(PromisesDb database, FleetSnapshot snapshot, CancellationToken cancellationToken)
    {
        var outdated = new HashSet<string>(StringComparer.Ordinal);
        var rows = database.Placements.AsNoTracking().Where(row => !row.Leaving)
            .Select(row => new { row.Promise, row.Cluster, row.Digest }).AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (snapshot.FindPlacement(row.Promise, row.Cluster) is { } placement && DecisionWriter.WantedDigest(snapshot, placement) != row.Digest)
                outdated.Add(row.Cluster);
        }

        return [.. outdated];
    }

    [LoggerMessage(LogLevel.Information, "The resync moved {Count} placements that no change had moved")]
    private partial void LogMoved(int count);

    [LoggerMessage(LogLevel.Warning, "The resync failed and is tried again")]
    private partial void LogFailed(Exception e);
}
