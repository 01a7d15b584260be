using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>How far the branch of a store is, for clients.</summary>
/// <param name="PendingClusters">Clusters whose directory is behind, leaving ones too. 0: the branch reflects every accepted change.</param>
/// <param name="Ready">True, False or Unknown.</param>
/// <param name="IsReachable">Null if nobody has tried.</param>
/// <param name="SeenAt">When the branch was last seen where it is said to be.</param>
/// <param name="Lease">Null if nobody holds it: the store is idle, or its holder has died and nobody has followed yet.</param>
/// <param name="BehindSince">When the oldest change was accepted that is not on the branch; null if there is none.</param>
internal sealed record StoreStatus(
    string? LastCommit, int PendingClusters, DateTimeOffset? NextTry, string Ready, string Reason, string Message, DateTimeOffset? TransitionAt,
    bool? IsReachable, DateTimeOffset? SeenAt, DateTimeOffset? BehindSince, LeaseStatus? Lease)
{
    /// <summary>Null where nothing waits.</summary>
    public string? BehindReason => BehindSince is null ? null : Ready == "False" || Reason == "Proposed" ? Message : "The commit follows.";
}

internal static class StoreStatusReader
{
    /// <summary>Reasons of failures that leave open whether the repository is as it is said to be.</summary>
    private static readonly HashSet<string> s_outOfReach = new(StringComparer.Ordinal)
    {
        StoreSyncException.HostUnreachable, "AuthenticationFailed", "HostKeyVerificationFailed", "CertificateNotTrusted", "RepositoryNotFound", "AddressRefused",
    };

    public static async Task<StoreStatus> ReadAsync(PromisesDb database, StateStore store, CancellationToken cancellationToken) =>
        (await ReadAsync(database, [store], cancellationToken))[store.Name];

    /// <summary>In one query, however many stores.</summary>
    public static async Task<IReadOnlyDictionary<string, StoreStatus>> ReadAsync(
        PromisesDb database, IReadOnlyCollection<StateStore> stores, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT row.name, d.head, coalesce(d.failures, 0),
                coalesce(d.next_try, (SELECT min(c.next_try) FROM cluster_delivery c WHERE c.state_store = row.name AND c.failures > 0)), d.reason, d.message, d.transition_at, d.seen_at,
                (SELECT count(*)::int FROM cluster_delivery c WHERE c.state_store = row.name AND c.wanted_version > c.written_version),
                (SELECT min(h.at) FROM change_stores x JOIN changes h ON h.number = x.change WHERE x.state_store = row.name AND NOT x.settled),
                {LeaseStatus.Columns}, h.number, h.message, h.at
            FROM unnest($1) AS row (name) LEFT JOIN store_delivery d ON d.state_store = row.name
            LEFT JOIN store_lease l ON l.state_store = row.name AND {LeaseStatus.IsHeld}
            LEFT JOIN holds h ON h.state_store = row.name AND h.phase = 'Held'
            """, (NpgsqlConnection)database.Database.GetDbConnection());
        command.Parameters.Add(new() { Value = stores.Select(store => store.Name).ToArray() });
        var created = stores.ToDictionary(store => store.Name, store => store.CreatedAt, StringComparer.Ordinal);
        var statuses = new Dictionary<string, StoreStatus>(StringComparer.Ordinal);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) statuses.Add(reader.GetString(0), Of(reader, created[reader.GetString(0)]));
        }

        await database.Database.CloseConnectionAsync();
        return statuses;
    }

    private static StoreStatus Of(DbDataReader row, DateTimeOffset created)
    {
        var (failures, transition) = (row.GetInt32(2), Time(6));
        var head = row.IsDBNull(1) ? null : row.GetString(1);
        var status = new StoreStatus(head, row.GetInt32(8), null, "Unknown", "NotWritten", "Nothing was written to it yet.", created, null, null, Time(9),
            row.IsDBNull(10) ? null : new LeaseStatus(row.GetString(10), row.GetInt64(11), Time(12)!.Value));
        if (!row.IsDBNull(13))
            return status with { NextTry = Time(3), Ready = "False", Reason = "Held", Message = HoldBook.Waiting(Hold.NameOf(row.GetInt64(13)), row.GetString(14)), TransitionAt = Time(15), SeenAt = Time(7) };
        if (failures == 0 && transition is null) return status;
        status = status with { Reason = row.GetString(4), Message = row.GetString(5), TransitionAt = transition, SeenAt = Time(7) };
        return failures == 0
            ? status with { Ready = "True", IsReachable = true }
            : status with { Ready = "False", NextTry = Time(3), IsReachable = !s_outOfReach.Contains(status.Reason) };

        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
    }
}
