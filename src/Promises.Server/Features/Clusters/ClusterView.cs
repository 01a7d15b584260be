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
        var stores = await StoresAsync(database, clusters, cancellationToken);
        return [.. clusters.Select(cluster => ObjectView.Of(
            Kind, cluster, FleetDocuments.ClusterSpecJson(cluster), Status(cluster, stores[cluster.StateStore], counts, deliveries.GetValueOrDefault(cluster.Name)), warnings))];
    }

    private static async Task<IReadOnlyDictionary<string, StateStore>> StoresAsync(
        PromisesDb database, IReadOnlyList<Cluster> clusters, CancellationToken cancellationToken)
    {
        var names = clusters.Select(cluster => cluster.StateStore).Distinct(StringComparer.Ordinal).ToArray();
        // A write may have made the store in the same breath, and a dry run keeps it from the database.
        if (names is [var only]) return new Dictionary<string, StateStore> { [only] = (await database.StateStores.FindAsync([only], cancellationToken))! };
        return await database.StateStores.AsNoTracking().Where(store => names.Contains(store.Name)).ToDictionaryAsync(store => store.Name, StringComparer.Ordinal, cancellationToken);
    }

    private static JsonObject Status(Cluster cluster, StateStore store, IReadOnlyDictionary<string, JsonObject> counts, ClusterDelivery? delivery)
    {
        var conditions = new JsonArray();
        if (delivery is { Findings.Count: > 0 })
        {
            conditions.Add(ObjectView.Condition(
                "Ready", "False", "ForeignFile",
                $"{string.Join(", ", delivery.Findings)} can make the agent drop what is delivered here and say Ready. Remove it from the branch.",
                delivery.FindingsAt, cluster.Generation));
        }

        else if (delivery is { Failures: > 0 })
        {
            conditions.Add(ObjectView.Condition("Ready", "False", delivery.Reason!, delivery.Message!, delivery.FailingSince, cluster.Generation));
        }

        return new JsonObject
        {
            ["branch"] = store.BranchOf(cluster.Name),
            ["path"] = RepositoryPath.Join(store.BasePath, cluster.Path),
            ["placements"] = counts.GetValueOrDefault(cluster.Name) ?? PlacementCounts.None(),
            ["conditions"] = conditions,
        };
    }
}
