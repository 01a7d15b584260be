using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>No two clusters on one path, or on nested paths, of the same repository and branch, whatever names the stores have.</summary>
internal static class ClusterPaths
{
    public static async Task<IReadOnlyList<FieldError>> CheckAsync(
        FleetEdit edit, string name, string store, string path, string pointer, CancellationToken cancellationToken)
    {
        if (edit.Draft.FindStore(store) is not { } mine) return [];

        // Worked out per store, not per cluster: a fleet has few stores and thousands of clusters.
        var (repository, branch) = (Repository(mine), mine.BranchOf(name));
        var stores = edit.Draft.Stores.Where(other => Repository(other) == repository && MayHold(other, branch))
            .ToDictionary(other => other.Name, other => (other.BasePath, Only: BranchPattern.ClusterOf(other.Branch, branch)), StringComparer.Ordinal);
        var full = RepositoryPath.Join(mine.BasePath, path);
        edit.LeavingClusters ??= await edit.Database.Clusters.AsNoTracking().Where(cluster => cluster.Leaving)
            .Select(cluster => new ClusterPlace(cluster.Name, cluster.StateStore, cluster.Path)).ToListAsync(cancellationToken);
        var others = edit.Draft.Clusters.Select(cluster => new ClusterPlace(cluster.Name, cluster.StateStore, cluster.Path)).Concat(edit.LeavingClusters);

        return
        [
            .. others.Where(other => other.Name != name && stores.TryGetValue(other.StateStore, out var its) && (its.Only is null || its.Only == other.Name)
                    && RepositoryPath.Overlaps(full, RepositoryPath.Join(its.BasePath, other.Path)))
                .Take(1)
                .Select(other => new FieldError(
                    pointer, path, Rules.PathInUse,
                    $"Cluster '{other.Name}' (state store '{other.StateStore}') has the same or a nested path of that branch. Choose a path outside of it.")),
        ];
    }

    private static bool MayHold(StoreState store, string branch) =>
        BranchPattern.IsPerCluster(store.Branch) ? BranchPattern.ClusterOf(store.Branch, branch) is not null : store.Branch == branch;

    /// <summary>What makes two stores one repository, however its URL is spelt.</summary>
    private static string Repository(StoreState store) => store.Url is null ? $"embedded:{store.Name}" : GitUrl.ComparisonKey(store.Url);
}
