using Npgsql;
using NpgsqlTypes;
using Promises.Server.Hosting;

namespace Promises.Server.Features.Events;

/// <summary>
/// Removes old rows of the log. What a change touched stays as long as the change, since GET /changes shows it; placements and status go. Nothing goes
/// that came after the newest change: the version of a list that is read now must be a place from which events can be followed, also in a fleet that nobody changes.
/// </summary>
internal sealed partial class EventRetention(
    NpgsqlDataSource database, EventOptions options, TimeProvider time, Random random, ILogger<EventRetention> log) : BackgroundService
{
    /// <summary>Rows that nothing but the stream needs.</summary>
    public const string Prunable = "(version IS NULL OR kind = 'Placement')";

    /// <summary>Past so many rows the oldest go, however young they are.</summary>
    private const long MostRows = 5_000_000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <returns>How many rows were removed.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Held by whoever prunes; the others have nothing to do then.
        await using var hold = new NpgsqlCommand("SELECT 1 FROM event_horizon FOR UPDATE SKIP LOCKED", connection);
        if (await hold.ExecuteScalarAsync(cancellationToken) is null) return 0;

        await using var command = new NpgsqlCommand(
            $"""
            WITH last AS (
                SELECT xid, sequence FROM fleet_events
                WHERE {Prunable} AND (at < now() - $1 OR sequence <= (SELECT max(sequence) FROM fleet_events) - $2)
                    AND xid < (SELECT events_from FROM changes ORDER BY number DESC LIMIT 1)
                ORDER BY xid DESC, sequence DESC LIMIT 1),
            gone AS (
                DELETE FROM fleet_events e USING last
                WHERE {Prunable} AND (e.xid, e.sequence) <= (last.xid, last.sequence)
                RETURNING e.version),
            moved AS (
                UPDATE event_horizon h SET xid = last.xid, sequence = last.sequence, version = greatest(h.version, (SELECT max(version) FROM gone))
                FROM last WHERE (h.xid, h.sequence) < (last.xid, last.sequence))
            SELECT count(*)::int FROM gone
            """, connection);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = options.Retention, NpgsqlDbType = NpgsqlDbType.Interval });
        command.Parameters.Add(new() { Value = MostRows });
        var count = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure.GetBaseException().Message);
            }

            await Task.Delay(Interval * (0.8 + (0.4 * random.NextDouble())), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old events were not removed and are tried again: {Reason}")]
    private partial void LogFailed(string reason);
}
