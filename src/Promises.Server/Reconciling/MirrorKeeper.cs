using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Hosting;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Keeps the mirrors small and few, beside the work on the stores and never in its way. Where nothing was used nothing is done.</summary>
internal sealed partial class MirrorKeeper(
    StateStoreProvider stores, IDbContextFactory<PromisesDb> databases, ServerOptions options, TimeProvider time, Random random, ILogger<MirrorKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How often mirrors are counted and measured, in intervals.</summary>
    private const int Rarely = 6;

    private bool _counted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var round = 0; !stoppingToken.IsCancellationRequested; round++)
        {
            try
            {
                await KeepAsync(round % Rarely == 0, stoppingToken);
            }
#pragma warning disable CA1031 // Upkeep that failed, whatever the reason, comes again.
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.GetBaseException().Message);
            }
#pragma warning restore CA1031

            await Task.Delay(Interval * (0.8 + (0.4 * random.NextDouble())), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task KeepAsync(bool count, CancellationToken cancellationToken)
    {
        var upkeep = stores.Upkeep;
        var used = upkeep.IsDue;
        if (used)
        {
            foreach (var failure in await upkeep.PackAsync(cancellationToken)) LogNotPacked(failure);
        }

        _counted &= !used;
        if (_counted || !count) return;
        foreach (var mirror in await upkeep.Mirrors.SweepAsync(() => KnownAsync(cancellationToken))) LogRemoved(mirror);
        foreach (var mirror in upkeep.Mirrors.Trim(options.Delivery.MirrorLimit)) LogEvicted(mirror, options.Delivery.MirrorLimit);
        _counted = true;
    }

    private async Task<IReadOnlySet<string>> KnownAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var all = await database.StateStores.AsNoTracking().Where(store => store.Url != null).ToListAsync(cancellationToken);
        return all.Select(stores.MirrorName).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    [LoggerMessage(LogLevel.Information, "The mirror {Mirror} was removed: no store has that place any more")]
    private partial void LogRemoved(string mirror);

    [LoggerMessage(LogLevel.Information, "The mirror {Mirror}, unused for the longest time, was removed to keep all of them below {Limit} bytes")]
    private partial void LogEvicted(string mirror, long limit);

    [LoggerMessage(LogLevel.Warning, "A repository was not packed: {Explanation}")]
    private partial void LogNotPacked(string explanation);

    [LoggerMessage(LogLevel.Warning, "The mirrors could not be kept in order, which is tried again: {Explanation}")]
    private partial void LogFailed(string explanation);
}
