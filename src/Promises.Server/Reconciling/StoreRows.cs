using System.Text.Json;
using Npgsql;
using Promises.Server.Features.Events;

namespace Promises.Server.Reconciling;

/// <summary>Records how far a store is, which changes it shows, and what is still open.</summary>
internal static class StoreRows
{
    /// <param name="open">Null if nothing is.</param>
    public static void Add(NpgsqlBatch batch, DeliveryRecord record, DeliveryRecord? open, DateTimeOffset now)
    {
        Changes(batch, record);

        var repaired = record.Branches.SelectMany(branch => branch.Repaired).ToList();
        var (reason, message) = repaired.Count > 0
            ? ("Repaired", $"Put right what somebody else had changed in {repaired.Count} of our files: {Some(repaired)}.")
            : record.Proposed is { Waiting.Count: > 0 } proposed ? ("Proposed", $"Waits to be merged into {record.Branch}: {Some(proposed.Waiting)}.")
            : ("Reflected", "The branch has all accepted changes.");
        if (record.Proposed is { IsFailing: true })
        {
            // How often it failed, and why, is told by whoever tries again.
            batch.Add("UPDATE store_delivery SET head = $2 WHERE state_store = $1").Text(record.Store).Text(record.LastCommit());
            return;
        }

        batch.Add(
            """
            INSERT INTO store_delivery AS d (state_store, head, reflected_version, failures, reason, message, transition_at) VALUES ($1, $2, $3, 0, $4, $5, $6)
            ON CONFLICT (state_store) DO UPDATE SET head = excluded.head, reflected_version = greatest(d.reflected_version, excluded.reflected_version),
                transition_at = CASE WHEN d.failures > 0 OR d.transition_at IS NULL THEN excluded.transition_at ELSE d.transition_at END,
                failures = 0, failing_since = NULL, next_try = NULL, reason = excluded.reason, message = excluded.message, intent_commit = $7, intent = $8
            """)
            .Text(record.Store).Text(record.LastCommit() ?? record.Branches.Select(branch => branch.Base).LastOrDefault()).Number(record.Proposed?.Reflected ?? record.Version)
            .Text(reason).Text(message).Time(now).Text(open?.LastCommit()).Text(open is null ? null : Intent(open));
        EventRows.Modified(batch, "StateStore", [record.Store], repaired.Count > 0 ? message : null);
    }

    /// <summary>As it is kept until its outcome is known.</summary>
    public static string Intent(DeliveryRecord record) => JsonSerializer.Serialize(record, JsonSerializerOptions.Default);

    private static void Changes(NpgsqlBatch batch, DeliveryRecord record)
    {
        var changes = record.Branches.SelectMany(branch => branch.Changes).Distinct().ToList();
        if (changes.Count == 0) return;
        batch.Add("UPDATE change_stores SET settled = true, commit = $3 WHERE state_store = $1 AND change = ANY($2) AND NOT settled")
            .Text(record.Store).Numbers(changes).Text(record.LastCommit());
    }

    private static string Some(IReadOnlyList<string> paths) => string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? ", …" : "");
}
