using System.Text.Json.Nodes;
using Promises.Model;

namespace Promises.Manifests;

/// <summary>
/// The files that belong to a cluster itself, from registration to off-boarding: its README, and for what its agent reads one manifest, so
/// that it is never empty. Flux prunes nothing when the path is gone, and Argo CD everything when no directory is left.
/// </summary>
public static class ClusterFiles
{
    private const string KratixNamespace = "kratix-worker-system";

    private const string Readme = "README.md";
    private const string OwnReadme = "PROMISES.md";

    /// <summary>Name of the ConfigMap, and for Argo CD of its directory: Promises cannot be named with this prefix.</summary>
    private const string Marker = "promises-cluster";

    /// <summary>The directory of the cluster that a path is the README of: every cluster has one, from its registration until it has left. Null for other files.</summary>
    public static string? DirectoryOfReadme(string path) =>
        path.Split('/') is [.. var above, Readme or OwnReadme] ? string.Join('/', above) : null;

    /// <param name="foreignReadme">There is a <c>README.md</c> that is not ours: ours is <c>PROMISES.md</c> then.</param>
    public static IReadOnlyList<RenderedFile> Render(ClusterSite site, bool foreignReadme)
    {
        var readme = RenderedFile.Of(foreignReadme ? OwnReadme : Readme, ClusterReadme.Text(site));
        return [readme, .. Markers(site)];
    }

    private static IEnumerable<RenderedFile> Markers(ClusterSite site) => (site.Layout, site.Agent) switch
    {
        (Layout.Kratix, _) =>
        [
            File("dependencies/kratix-canary-namespace.yaml", AgentManifests.Object("v1", "Namespace", KratixNamespace, space: null)),
            File("resources/kratix-canary-configmap.yaml", ConfigMap("kratix-info", KratixNamespace, new JsonObject
            {
                ["canary"] = "This confirms that the cluster reads from its state store.",
            })),
        ],
        (_, Agent.Flux) => [File($"flux/{Marker}.yaml", ConfigMap(Marker, AgentManifests.Namespace, About(site)))],
        _ => [File($"{PlacementsLayout.Directory(Marker)}/{Marker}.yaml", ConfigMap(Marker, Dependencies.DefaultNamespace, About(site)))],
    };

    private static JsonObject About(ClusterSite site) => new()
    {
        ["cluster"] = site.Cluster,
        ["environment"] = site.Environment,
        ["store"] = site.Store,
    };

    private static JsonObject ConfigMap(string name, string space, JsonObject data)
    {
        var map = AgentManifests.Object("v1", "ConfigMap", name, space);
        map["data"] = data;
        return map;
    }

    private static RenderedFile File(string path, JsonObject manifest) => RenderedFile.Of(path, YamlPrinter.Print(manifest));
}
