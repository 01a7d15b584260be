using Npgsql;

namespace Promises.Server.Features.Fleet;

/// <summary>Removes answers that are kept no longer.</summary>
internal sealed partial class IdempotencyCleaning(NpgsqlDataSource database, TimeProvider time, Random random, ILogger<IdempotencyCleaning> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM idempotency_keys WHERE kept_at <= $1");
        command.Parameters.Add(new() { Value = time.GetUtcNow() - IdempotencyKeys.Kept });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.GetBaseException().Message);
            }

            await Task.Delay(Interval * (0.8 + (0.4 * random.NextDouble())), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old answers were not removed and are tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
