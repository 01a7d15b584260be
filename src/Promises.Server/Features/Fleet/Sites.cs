using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>What rendering knows about a cluster, out of a snapshot.</summary>
internal static class Sites
{
    public static ClusterSite? Of(FleetSnapshot fleet, string name) =>
        fleet.FindCluster(name) is { } cluster && fleet.FindStore(cluster.StateStore) is { } store
            ? new ClusterSite(cluster.Name, cluster.Environment, store.Name, RepositoryPath.Join(store.BasePath, cluster.Path), cluster.Agent, store.Layout, store.Url, store.BranchOf(cluster.Name))
            : null;

    /// <summary>The directory of a placement from the root of the repository.</summary>
    public static string Directory(ClusterSite site, string promise) =>
        RepositoryPath.Join(site.Path, site.Layout == Layout.Kratix ? $"dependencies/{promise}" : $"placements/{promise}");
}
