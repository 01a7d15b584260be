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

    /// <summary>Within a write: its draft may have made or moved the store, and a dry run keeps that from the database.</summary>
    public static async Task<JsonObject> ReadAsync(FleetEdit edit, Cluster cluster, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var status = (await StatusesAsync(edit.Database, [cluster.Name], cancellationToken)).GetValueOrDefault(cluster.Name);
        var store = edit.Draft.FindStore(cluster.StateStore)!;
        return View(cluster, store.Branch, store.BasePath, status, warnings);
    }

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyList<Cluster> clusters, CancellationToken cancellationToken)
    {
        var statuses = await StatusesAsync(database, [.. clusters.Select(cluster => cluster.Name)], cancellationToken);
        // One that was forgotten a moment ago is shown as if it had never been.
        return [.. clusters.Where(cluster => statuses.ContainsKey(cluster.Name)).Select(cluster =>
            View(cluster, statuses[cluster.Name].Branch, statuses[cluster.Name].BasePath, statuses[cluster.Name], []))];
    }

    /// <summary>In one trip to the database: the answer of a write is read while all other writes wait.</summary>
    private static async Task<Dictionary<string, ClusterStatus>> StatusesAsync(PromisesDb database, string[] names, CancellationToken cancellationToken)
    {
        // Of one name PostgreSQL keeps the plan of the query; for a set it makes one each time.
        var counts = names is [var only]
            ? PlacementCounts.Of(database, placement => placement.Cluster == only, placement => placement.Cluster)
            : PlacementCounts.Of(database, placement => names.Contains(placement.Cluster), placement => placement.Cluster);
        var clusters = database.Clusters.AsNoTracking();
        var rows =
            from cluster in names is [var name] ? clusters.Where(cluster => cluster.Name == name) : clusters.Where(cluster => names.Contains(cluster.Name))
            join store in database.StateStores on cluster.StateStore equals store.Name
            join row in database.ClusterDelivery on cluster.Name equals row.Cluster into deliveries
            from delivery in deliveries.DefaultIfEmpty()
            select new ClusterStatus
            {
                Name = cluster.Name,
                Branch = store.Branch,
                BasePath = store.BasePath,
                Delivery = delivery,
                Counts = counts.Where(count => count.Key == cluster.Name).ToList(),
            };
        return await rows.ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
    }

    private static JsonObject View(Cluster cluster, string branch, string basePath, ClusterStatus? status, IReadOnlyList<Warning> warnings) =>
        ObjectView.Of(Kind, cluster, FleetDocuments.ClusterSpecJson(cluster), new JsonObject
        {
            ["branch"] = BranchPattern.Of(branch, cluster.Name),
            ["path"] = RepositoryPath.Join(basePath, cluster.Path),
            ["placements"] = PlacementCounts.View(status?.Counts ?? []),
            ["conditions"] = Conditions(cluster, status?.Delivery),
        }, warnings);

    private static JsonArray Conditions(Cluster cluster, ClusterDelivery? delivery)
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

        return conditions;
    }

    private sealed class ClusterStatus
    {
        public required string Name { get; init; }

        public required string Branch { get; init; }

        public required string BasePath { get; init; }

        /// <summary>Null while nothing of it was to be written.</summary>
        public required ClusterDelivery? Delivery { get; init; }

        public required List<PlacementCount> Counts { get; init; }
    }
}
