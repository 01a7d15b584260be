using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>No two clusters on one path, or on nested paths, of the same repository and branch, whatever names the stores have.</summary>
internal static class ClusterPaths
{
    /// <summary>Git takes paths of 1024 bytes, and below its directory a cluster has files with up to 200.</summary>
    private const int Longest = 800;

    public static async Task<IReadOnlyList<FieldError>> CheckAsync(
        FleetEdit edit, string name, string store, string path, string pointer, CancellationToken cancellationToken)
    {
        if (edit.Draft.FindStore(store) is not { } mine) return [];

        // Worked out per store, not per cluster: a fleet has few stores and thousands of clusters.
        var branch = Branch(mine.Name, mine.Url, mine.Branch);
        var bases = edit.Draft.Stores.Where(other => Branch(other.Name, other.Url, other.Branch) == branch)
            .ToDictionary(other => other.Name, other => other.BasePath, StringComparer.Ordinal);
        var full = RepositoryPath.Join(mine.BasePath, path);
        if (full.Length > Longest && edit.Draft.FindCluster(name) is null)
            return [new FieldError(pointer, path, Rules.Path, $"Together with spec.git.path of the state store it has {full.Length} characters; use at most {Longest}, so that there is room for the files below it.")];

        edit.LeavingClusters ??= await edit.Database.Clusters.AsNoTracking().Where(cluster => cluster.Leaving)
            .Select(cluster => new ClusterPlace(cluster.Name, cluster.StateStore, cluster.Path)).ToListAsync(cancellationToken);
        var others = edit.Draft.Clusters.Select(cluster => new ClusterPlace(cluster.Name, cluster.StateStore, cluster.Path)).Concat(edit.LeavingClusters);

        return
        [
            .. others.Where(other => other.Name != name && bases.TryGetValue(other.StateStore, out var root)
                    && RepositoryPath.Overlaps(full, RepositoryPath.Join(root, other.Path)))
                .Take(1)
                .Select(other => new FieldError(
                    pointer, path, Rules.PathInUse,
                    $"Cluster '{other.Name}' (state store '{other.StateStore}') has the same or a nested path of that branch. Choose a path outside of it.")),
        ];
    }

    /// <summary>What makes two stores one place: the repository, however its URL is spelt, and the branch.</summary>
    public static string Branch(string store, string? url, string branch) =>
        url is null ? $"embedded:{store}" : $"{GitUrl.ComparisonKey(url)}#{branch}";
}
