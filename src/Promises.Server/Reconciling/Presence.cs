using Npgsql;
using Promises.Data;
using Promises.Server.Hosting;

namespace Promises.Server.Reconciling;

/// <summary>
/// The life of this replica as the others see it: one session that holds the advisory lock of its id and listens. When the process dies the database lets go of the
/// lock at once. When the session breaks the replica stops writing, and comes back under a new id as soon as the database does.
/// </summary>
internal sealed partial class Presence(
    SessionDatabase database, DataDirectory directory, ServerOptions options, StoreLeases leases, DeliveryNotices notices, DatabaseTime time, Random random,
    ILogger<Presence> log) : BackgroundService
{
    /// <summary>Letters, so that nobody else's advisory locks are taken for ours: "Prom". The function replica_lives has the same.</summary>
    private const int LockClass = 0x50726f6d;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await LiveAsync(() => failures = 0, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever ended the session, there has to be a next one.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (failures++ == 0) LogGone(e.GetBaseException().Message);
            }
            finally
            {
                leases.End();
            }

            await Task.Delay(Pause * Math.Min(failures, 8) * (0.75 + (random.NextDouble() / 2)), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LiveAsync(Action begun, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        connection.Notification += (_, said) => notices.Receive(said.Payload);
        var replica = await RegisterAsync(connection, cancellationToken);
        begun();
        leases.Begin(replica);
        LogHere(replica);

        var seenAt = time.GetTimestamp();
        while (true)
        {
            var due = (leases.Any ? leases.Pace : Idle) - time.GetElapsedTime(seenAt);
            if (due > TimeSpan.Zero)
            {
                // A lease may be claimed meanwhile, and is to be renewed at its own pace.
                await connection.WaitAsync(due < leases.Pace ? due : leases.Pace, cancellationToken);
                continue;
            }

            seenAt = time.GetTimestamp();
            var (now, askedAt) = await leases.RenewAsync(connection, replica, cancellationToken);
            time.Learn(now, askedAt);
        }
    }

    private async Task<long> RegisterAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // One row per server is enough to tell others where an embedded store lies; what lives still has its own.
                new("DELETE FROM replicas WHERE (server = $1 OR seen_at < clock_timestamp() - interval '30 days') AND NOT replica_lives(id)")
                {
                    Parameters = { new() { Value = directory.ServerId } },
                },
                new(
                    """
                    INSERT INTO replicas (server, host, role, started_at, seen_at) VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())
                    RETURNING id, pg_advisory_lock($4, id::integer)
                    """)
                {
                    Parameters =
                    {
                        new() { Value = directory.ServerId }, new() { Value = Environment.MachineName }, new() { Value = options.Role.ToString() }, new() { Value = LockClass },
                    },
                },
                new($"LISTEN {DeliveryNotices.Channel}"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0);
    }

    [LoggerMessage(LogLevel.Information, "This server is replica {Replica}")]
    private partial void LogHere(long replica);

    [LoggerMessage(LogLevel.Warning, "The database is out of reach, so nothing is written to the state stores until it is back: {Reason}")]
    private partial void LogGone(string reason);
}
