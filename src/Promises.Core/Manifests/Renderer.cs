namespace Promises.Manifests;

/// <summary>Tells whether what is on a branch is what this version of the service would write.</summary>
public static class Renderer
{
    /// <summary>Raise it when the same input gives other bytes: everything is then written again.</summary>
    public const string Version = "1";

    /// <summary>Digest over all that the files of a placement are made of.</summary>
    public static string WantedDigest(string revisionDigest, ClusterSite site, string promise, IReadOnlyList<string> dependsOn, bool hasObjects)
    {
        List<string> parts = [Version, revisionDigest, site.Layout.ToString(), promise, hasObjects ? "objects" : "empty"];
        if (Layouts.For(site.Layout).ChildPath(promise, site.Agent, hasObjects) is not null)
        {
            parts.AddRange([site.Cluster, site.Path, .. dependsOn.Order(StringComparer.Ordinal)]);
        }

        return CanonicalJson.Digest(string.Join('\n', parts));
    }
}
