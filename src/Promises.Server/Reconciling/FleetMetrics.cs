using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Features.Placements;

namespace Promises.Server.Reconciling;

/// <summary>Gauges over the whole fleet. They are counted in the background and only while somebody listens, so that a scrape costs no query.</summary>
internal sealed partial class FleetMetrics(IDbContextFactory<PromisesDb> databases, StoreMetrics stores, TimeProvider time, ILogger<FleetMetrics> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private volatile IReadOnlyList<Measurement<int>> _placements = [];
    private volatile IReadOnlyList<Measurement<int>> _holds = [];
    private volatile IReadOnlyList<(string Environment, DateTimeOffset Since)> _undelivered = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var counted = Telemetry.Meter.CreateObservableGauge("promises_placements", () => _placements, description: "Placements by phase and environment.");
        var age = Telemetry.Meter.CreateObservableGauge(
            "promises_undelivered_oldest_age_seconds", Ages, "s", "Age of the oldest decision that is not on its branch, by environment.");
        var ofStores = stores.Publish();

        var holds = Telemetry.Meter.CreateObservableGauge("promises_holds", () => _holds, description: "Stores on hold, by reason.");

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (counted.Enabled || age.Enabled || holds.Enabled) await CountAsync(stoppingToken);
                if (ofStores.Any(gauge => gauge.Enabled)) await stores.CountAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.GetBaseException().Message);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CountAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await PlacementCounts.ReadAsync(database, "environment", null, cancellationToken);
        _placements =
        [
            .. counts.SelectMany(environment => PlacementStates.All.Select(state =>
                new Measurement<int>((int)environment.Value[state]!, new("phase", state), new("environment", environment.Key)))),
        ];

        var held = await database.Holds.Where(hold => hold.Phase == HoldPhase.Held).GroupBy(hold => hold.Reason)
            .Select(group => new { Reason = group.Key, Count = group.Count() }).ToDictionaryAsync(row => row.Reason, row => row.Count, cancellationToken);
        _holds = [.. Enum.GetValues<HoldReason>().Select(reason => new Measurement<int>(held.GetValueOrDefault(reason), new KeyValuePair<string, object?>("reason", reason.ToString())))];

        var oldest = await database.Placements.AsNoTracking().Where(placement => placement.Leaving || placement.Digest != placement.WrittenDigest)
            .Join(database.Changes, placement => placement.ResourceVersion, change => change.Number, (placement, change) => new { placement.Environment, change.At })
            .GroupBy(row => row.Environment).Select(group => new { Environment = group.Key, Since = group.Min(row => row.At) })
            .ToListAsync(cancellationToken);
        _undelivered = [.. oldest.Select(row => (row.Environment, row.Since))];
    }

    private IEnumerable<Measurement<double>> Ages()
    {
        var now = time.GetUtcNow();
        return _undelivered.Select(row => new Measurement<double>((now - row.Since).TotalSeconds, new KeyValuePair<string, object?>("environment", row.Environment)));
    }

    [LoggerMessage(LogLevel.Debug, "The fleet was not counted for the metrics: {Reason}")]
    private partial void LogFailed(string reason);
}
