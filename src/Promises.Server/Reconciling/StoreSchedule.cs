using System.Collections.Concurrent;
using Npgsql;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>When a store that fails is tried again.</summary>
internal sealed class StoreSchedule(NpgsqlDataSource database, TimeProvider time, Random random)
{
    /// <summary>New changes try a failing store early, but no oftener than this.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, StoreTry> _tries = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether a store is due. A failing one is when its time has come, at once when it or its credential was edited since the last try, soon when a change was
    /// accepted for it, and once after a restart.
    /// </summary>
    public async Task<StoreVisit> LookAsync(string store, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT (SELECT version FROM fleet), s.url, coalesce(d.failures, 0), d.next_try,
                greatest(s.resource_version, c.resource_version, k.resource_version), h.server,
                (SELECT max(change) FROM change_stores x WHERE x.state_store = s.name AND NOT x.settled)
            FROM state_stores s
            LEFT JOIN store_delivery d ON d.state_store = s.name
            LEFT JOIN credentials c ON c.name = s.credential_name
            LEFT JOIN credentials k ON k.name = s.signing_key_name
            LEFT JOIN store_homes h ON h.state_store = s.name
            WHERE s.name = $1
            """);
        command.Parameters.Add(new() { Value = store });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return StoreVisit.Nowhere;

        var (version, url, failures) = (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt32(2));
        var (nextTry, edited) = (reader.IsDBNull(3) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt64(4));
        var (home, changed) = (reader.IsDBNull(5) ? (Guid?)null : reader.GetGuid(5), reader.IsDBNull(6) ? 0 : reader.GetInt64(6));

        var now = time.GetUtcNow();
        var last = _tries.GetValueOrDefault(store);
        var isEarly = failures > 0 && nextTry > now;
        var startsAfresh = last is not null && edited > last.Version;
        if (isEarly && last is not null && !startsAfresh)
        {
            var hasNews = changed > last.Version;
            var due = hasNews && last.At + Pace < nextTry!.Value ? last.At + Pace : nextTry!.Value;
            if (due > now) return new StoreVisit(url, home, due - now, hasNews, null);
        }

        return new StoreVisit(url, home, TimeSpan.Zero, false, new StoreTry(version, now, isEarly, startsAfresh));
    }

    /// <summary>The visit is made now.</summary>
    public void Begin(string store, StoreVisit visit)
    {
        if (visit.Try is not null) _tries[store] = visit.Try;
    }

    /// <returns>How long to wait before the next try.</returns>
    /// <exception cref="LeaseLostException">It is not ours to say any more.</exception>
    public async Task<TimeSpan> FailedAsync(StoreLease lease, StoreSyncException failure, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = _tries.GetValueOrDefault(lease.Store);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var count = new NpgsqlCommand(
            $"""
            INSERT INTO store_delivery AS d (state_store, reflected_version, failures, failing_since, reason, message, transition_at)
            SELECT name, 0, 1, $2, $3, $4, $2 FROM state_stores WHERE name = $1 AND {LeaseRows.IsHeld("$7")}
            ON CONFLICT (state_store) DO UPDATE SET failures = CASE WHEN $6 THEN 1 WHEN $5 THEN greatest(d.failures, 1) ELSE d.failures + 1 END,
                failing_since = coalesce(d.failing_since, $2), reason = $3, message = $4,
                transition_at = CASE WHEN d.failures = 0 OR d.transition_at IS NULL THEN $2 ELSE d.transition_at END
            RETURNING failures, CASE WHEN NOT $6 AND $5 THEN next_try END
            """, connection);
        count.Parameters.Add(new() { Value = lease.Store });
        count.Parameters.Add(new() { Value = now });
        count.Parameters.Add(new() { Value = failure.Reason });
        count.Parameters.Add(new() { Value = failure.Message });
        // An early try says nothing about how long the trouble lasts, so it neither counts nor moves the next one.
        count.Parameters.Add(new() { Value = last is { IsEarly: true } });
        count.Parameters.Add(new() { Value = last is { StartsAfresh: true } });
        count.Parameters.Add(new() { Value = lease.Epoch });
        int failures;
        DateTimeOffset? planned;
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) throw new LeaseLostException(lease);
            (failures, planned) = (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
        }

        var wait = planned > now ? planned.Value - now : Backoff.After(failures, failure.IsPermanent, random);
        // Placements that wait for it say so from the first failure on; how the tries go on, its own status tells.
        await using var next = new NpgsqlCommand(EventRows.OfWaiting(
            $"UPDATE store_delivery SET next_try = $2 WHERE state_store = $1 AND {LeaseRows.IsHeld("$4")}", "$3"), connection);
        next.Parameters.Add(new() { Value = lease.Store });
        next.Parameters.Add(new() { Value = now + wait });
        next.Parameters.Add(new() { Value = failures == 1 });
        next.Parameters.Add(new() { Value = lease.Epoch });
        if (await next.ExecuteNonQueryAsync(cancellationToken) == 0) throw new LeaseLostException(lease);
        return wait;
    }
}

/// <param name="Version">Of the fleet when it began: what came later it may not have seen.</param>
/// <param name="IsEarly">It comes before the time that was set after the last failure.</param>
/// <param name="StartsAfresh">The store or its credential is another, so earlier failures say nothing.</param>
internal sealed record StoreTry(long Version, DateTimeOffset At, bool IsEarly, bool StartsAfresh);

/// <param name="Url">Null for an embedded store.</param>
/// <param name="Home">The server in whose data directory an embedded store lies; null if none has taken it yet.</param>
/// <param name="Wait">How long to leave it alone; zero if it is due.</param>
/// <param name="ComeBack">It is due earlier than what was planned after its last failure.</param>
/// <param name="Try">Null if it is not due.</param>
internal sealed record StoreVisit(string? Url, Guid? Home, TimeSpan Wait, bool ComeBack, StoreTry? Try)
{
    /// <summary>There is no such store.</summary>
    public static readonly StoreVisit Nowhere = new(null, null, TimeSpan.Zero, false, null);
}
