using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;
using Promises.Server.Features.Placements;

namespace Promises.Server.Features.Clusters;

/// <summary>A cluster as clients see it.</summary>
internal static class ClusterView
{
    public const string Kind = "Cluster";

    public static async Task<JsonObject> ReadAsync(
        PromisesDb database, Cluster cluster, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken) =>
        (await ReadAsync(database, [cluster], warnings, cancellationToken))[0];

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        PromisesDb database, IReadOnlyList<Cluster> clusters, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var names = clusters.Select(cluster => cluster.Name).ToArray();
        var counts = await PlacementCounts.ReadAsync(database, placement => names.Contains(placement.Cluster), placement => placement.Cluster, cancellationToken);
        var deliveries = await database.ClusterDelivery.AsNoTracking().Where(delivery => names.Contains(delivery.Cluster))
            .ToDictionaryAsync(delivery => delivery.Cluster, StringComparer.Ordinal, cancellationToken);
        return [.. clusters.Select(cluster => ObjectView.Of(
            Kind, cluster, FleetDocuments.ClusterSpecJson(cluster), Status(cluster, counts, deliveries.GetValueOrDefault(cluster.Name)), warnings))];
    }

    private static JsonObject Status(Cluster cluster, IReadOnlyDictionary<string, JsonObject> counts, ClusterDelivery? delivery)
    {
        var conditions = new JsonArray();
        if (delivery is { Findings.Count: > 0 })
        {
            conditions.Add(ObjectView.Condition(
                "Ready", "False", "ForeignFile",
                $"{string.Join(", ", delivery.Findings)} can make the agent drop what is delivered here and say Ready. Remove it from the branch.",
                delivery.FindingsAt, cluster.Generation));
        }

        return new JsonObject
        {
            ["placements"] = counts.GetValueOrDefault(cluster.Name) ?? PlacementCounts.None(),
            ["conditions"] = conditions,
        };
    }
}
