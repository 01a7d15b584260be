using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Features.Events;

/// <summary>How the log stands.</summary>
/// <param name="Id">Tells it from the log of any other database, and of this one before it was restored or failed over.</param>
/// <param name="Now">What comes later is committed later.</param>
/// <param name="Next">Transactions from here on have not begun.</param>
/// <param name="Horizon">Older rows are gone.</param>
internal sealed record LogState(ulong Id, EventPosition Now, EventPosition Next, EventPosition Horizon);

/// <summary>
/// The log in the database. Rows are taken once all transactions of their time are over, in the order (xid, sequence): so none appears below a place that was
/// reached, whatever the order of commits. One transaction that stays open, in any database of the same server, holds all events back.
/// </summary>
internal sealed class EventLog(NpgsqlDataSource database)
{
    public async Task<LogState> LookAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()),
                substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot()), log, xid, sequence
            FROM event_horizon
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (place, timeline, known) = (reader.GetString(0), reader.GetString(1), reader.GetString(4));
        if (known != place)
        {
            await reader.CloseAsync();
            await TakeOverAsync(place, isFirst: known.Length == 0, cancellationToken);
            return await LookAsync(cancellationToken);
        }

        var id = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes($"{place}/{timeline}")));
        return new LogState(
            id, EventPosition.Of(reader.GetFieldValue<ulong>(2)), EventPosition.Of(reader.GetFieldValue<ulong>(3)), new(reader.GetFieldValue<ulong>(5), reader.GetInt64(6)));
    }

    /// <summary>Where a client stands that has read a list of this version. Null for a version that this fleet has not come to.</summary>
    public async Task<EventPosition?> OfVersionAsync(long version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT coalesce((SELECT events_from FROM changes WHERE number <= $1 ORDER BY number DESC LIMIT 1), '0'::xid8) FROM fleet WHERE version >= $1");
        command.Parameters.Add(new() { Value = version });
        return await command.ExecuteScalarAsync(cancellationToken) is ulong xid ? EventPosition.Of(xid) : null;
    }

    /// <summary>Null if rows after the place may be gone.</summary>
    public async Task<EventPage?> ReadAsync(EventPosition after, EventFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        // In this order: what had ended at the first look is complete in the second, and what the third still has was there at the second.
        batch.BatchCommands.Add(new("SELECT pg_snapshot_xmin(pg_current_snapshot())"));
        batch.BatchCommands.Add(new(
            $"""
            SELECT xid, sequence, type, kind, name, detail FROM fleet_events
            WHERE (xid, sequence) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
                AND ($4 IS NULL OR kind = $4 OR kind = '{Kinds.Token}') AND ($5 IS NULL OR name = $5 OR kind = '{Kinds.Token}')
            ORDER BY xid, sequence LIMIT $3
            """)
        {
            Parameters =
            {
                new() { Value = after.Xid, NpgsqlDbType = NpgsqlDbType.Xid8 }, new() { Value = after.Sequence }, new() { Value = limit },
                Text(filter.Kind), Text(filter.Name),
            },
        });
        batch.BatchCommands.Add(new("SELECT xid, sequence FROM event_horizon"));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var upTo = EventPosition.Max(after, EventPosition.Of(reader.GetFieldValue<ulong>(0)));
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<EventRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new EventRow(
                new(reader.GetFieldValue<ulong>(0), reader.GetInt64(1)), Enum.Parse<EventType>(reader.GetString(2)),
                reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5)));
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (after < new EventPosition(reader.GetFieldValue<ulong>(0), reader.GetInt64(1))) return null;
        if (rows.Count == limit) return new EventPage(rows, rows[^1].Position, true);
        return new EventPage(rows, rows.Count == 0 ? upTo : EventPosition.Max(upTo, rows[^1].Position), false);
    }

    /// <summary>
    /// This database was restored from a dump, or copied: the numbers of the rows are those of transactions elsewhere. The log begins anew, and whoever was
    /// reading the old one finds its place unknown.
    /// </summary>
    private async Task TakeOverAsync(string place, bool isFirst, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var claim = new NpgsqlCommand("UPDATE event_horizon SET log = $1 WHERE log <> $1", connection) { Parameters = { new() { Value = place } } };
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 1 && !isFirst)
        {
            await using var rebase = new NpgsqlBatch(connection);
            foreach (var statement in (string[])
                [
                    $"DELETE FROM fleet_events WHERE {EventRetention.Prunable}",
                    "UPDATE fleet_events SET xid = '0'",
                    "UPDATE changes SET events_from = pg_current_xact_id()",
                    "UPDATE event_horizon SET xid = pg_current_xact_id(), sequence = 0, version = (SELECT version FROM fleet)",
                ]) rebase.BatchCommands.Add(new(statement));
            await rebase.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
