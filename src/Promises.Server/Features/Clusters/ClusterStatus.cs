using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Promises.Data;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Clusters;

/// <summary>How a cluster stands.</summary>
/// <param name="Branch">Of its store.</param>
/// <param name="BasePath">Of its store.</param>
/// <param name="Findings">Files of others that can make its agent drop what is delivered.</param>
/// <param name="Failure">Null if its directory was written, or nothing of it was to be.</param>
/// <param name="Placements">Counted by state.</param>
internal sealed record ClusterStatus(
    string Branch, string BasePath, IReadOnlyList<string> Findings, DateTimeOffset? FindingsAt, DeliveryFailure? Failure, JsonObject Placements)
{
    /// <summary>Of those that exist, in one trip to the database.</summary>
    public static async Task<IReadOnlyDictionary<string, ClusterStatus>> ReadAsync(PromisesDb database, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch((NpgsqlConnection)database.Database.GetDbConnection());
            batch.BatchCommands.Add(PlacementCounts.Command("cluster", names));
            batch.BatchCommands.Add(new(
                $"""
                SELECT c.name, s.branch, s.base_path, coalesce(d.findings, '[]')::text, d.findings_at, coalesce(d.failures, 0), d.reason, d.message, d.failing_since
                FROM clusters c JOIN state_stores s ON s.name = c.state_store LEFT JOIN cluster_delivery d ON d.cluster = c.name
                WHERE c.name {(names.Count == 1 ? "= $1" : "= ANY($1)")}
                """)
            {
                Parameters = { new() { Value = names is [var only] ? only : names.ToArray() } },
            });
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var placements = await PlacementCounts.ReadAsync(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            var statuses = new Dictionary<string, ClusterStatus>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellationToken)) statuses.Add(reader.GetString(0), Of(reader, placements.GetValueOrDefault(reader.GetString(0))));
            return statuses;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    private static ClusterStatus Of(NpgsqlDataReader row, JsonObject? placements) => new(
        row.GetString(1), row.GetString(2),
        [.. JsonNode.Parse(row.GetString(3))!.AsArray().Select(finding => (string)finding!)], Time(row, 4),
        row.GetInt32(5) == 0 ? null : new DeliveryFailure(row.GetString(6), row.GetString(7), Time(row, 8)),
        placements ?? PlacementCounts.None());

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>Why the directory of a cluster is not written.</summary>
internal sealed record DeliveryFailure(string Reason, string Message, DateTimeOffset? Since);
