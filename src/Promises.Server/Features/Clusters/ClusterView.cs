using System.Text.Json.Nodes;
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

    /// <summary>Of a write: its draft may have made or moved the store, and a dry run keeps that from the database.</summary>
    public static async Task<JsonObject> ReadAsync(FleetEdit edit, Cluster cluster, IReadOnlyList<Warning> warnings, CancellationToken cancellationToken)
    {
        var status = (await ClusterStatus.ReadAsync(edit.Database, [cluster.Name], cancellationToken)).GetValueOrDefault(cluster.Name);
        var store = edit.Draft.FindStore(cluster.StateStore)!;
        return View(cluster, store.Branch, store.BasePath, status, warnings);
    }

    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyList<Cluster> clusters, CancellationToken cancellationToken)
    {
        var statuses = await ClusterStatus.ReadAsync(database, [.. clusters.Select(cluster => cluster.Name)], cancellationToken);
        // One that was forgotten a moment ago is shown as if it had never been.
        return [.. clusters.Where(cluster => statuses.ContainsKey(cluster.Name)).Select(cluster =>
            View(cluster, statuses[cluster.Name].Branch, statuses[cluster.Name].BasePath, statuses[cluster.Name], []))];
    }

    private static JsonObject View(Cluster cluster, string branch, string basePath, ClusterStatus? status, IReadOnlyList<Warning> warnings) =>
        ObjectView.Of(Kind, cluster, FleetDocuments.ClusterSpecJson(cluster), new JsonObject
        {
            ["branch"] = BranchPattern.Of(branch, cluster.Name),
            ["path"] = RepositoryPath.Join(basePath, cluster.Path),
            ["placements"] = status?.Placements ?? PlacementCounts.None(),
            ["conditions"] = Conditions(cluster, status),
        }, warnings);

    private static JsonArray Conditions(Cluster cluster, ClusterStatus? status)
    {
        var conditions = new JsonArray();
        if (status is { Findings.Count: > 0 })
        {
            conditions.Add(ObjectView.Condition(
                "Ready", "False", "ForeignFile",
                $"{string.Join(", ", status.Findings)} can make the agent drop what is delivered here and say Ready. Remove it from the branch.",
                status.FindingsAt, cluster.Generation));
        }
        else if (status is { Failure: { } failure })
        {
            conditions.Add(ObjectView.Condition("Ready", "False", failure.Reason, failure.Message, failure.Since, cluster.Generation));
        }

        return conditions;
    }
}
