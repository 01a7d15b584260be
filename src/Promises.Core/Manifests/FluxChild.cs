using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>
/// The Flux Kustomization of one placement. It holds nothing that changes with a revision: Flux would see the change one commit late, and
/// would rewrite every object for it.
/// </summary>
public static class FluxChild
{
    internal const string ApiVersion = "kustomize.toolkit.fluxcd.io/v1";

    /// <param name="dependsOn">Required Promises that have a child on this cluster in the same commit; any other name would hold this one for ever.</param>
    public static RenderedFile Render(ClusterSite site, string promise, IReadOnlyList<string> dependsOn)
    {
        var spec = new JsonObject
        {
            ["sourceRef"] = new JsonObject { ["kind"] = "GitRepository", ["name"] = AgentManifests.Source },
            ["path"] = "./" + site.Below(PlacementsLayout.Directory(promise)),
            ["interval"] = "10m",
            ["retryInterval"] = "1m",
            // A commit that arrives during a health check waits for its end.
            ["timeout"] = "2m",
            ["prune"] = true,
            ["wait"] = true,
            ["commonMetadata"] = new JsonObject { ["labels"] = new JsonObject { ["promises.dev/promise"] = promise } },
        };
        if (dependsOn.Count > 0)
        {
            // Without readyExpr any commit of the store, even for another cluster, can hold this one up for 30 s.
            spec["dependsOn"] = new JsonArray([.. dependsOn.Order(StringComparer.Ordinal).Select(name => new JsonObject
            {
                ["name"] = name,
                ["readyExpr"] = "has(dep.status.lastAppliedRevision)",
            })]);
        }

        var child = new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["kind"] = "Kustomization",
            ["metadata"] = new JsonObject
            {
                ["name"] = promise,
                ["namespace"] = AgentManifests.Namespace,
                ["labels"] = new JsonObject { ["promises.dev/promise"] = promise, ["promises.dev/cluster"] = site.Cluster },
                ["annotations"] = new JsonObject { ["event.toolkit.fluxcd.io/promise"] = promise },
            },
            ["spec"] = spec,
        };
        return RenderedFile.Of($"flux/{promise}.yaml", YamlPrinter.Print(child));
    }
}
