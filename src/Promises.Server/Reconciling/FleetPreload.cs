using Promises.Data;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Reconciling;

/// <summary>Loads the fleet at the start of a server that has no resync to do it, so that the first request need not wait.</summary>
internal sealed partial class FleetPreload(IServiceScopeFactory scopes, FleetState state, TimeProvider time, ILogger<FleetPreload> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested && !state.Loaded)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await state.ReadAsync(scope.ServiceProvider.GetRequiredService<PromisesDb>(), stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.GetBaseException().Message);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The fleet could not be loaded and is tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
