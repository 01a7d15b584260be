using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Clusters;

/// <summary>No two clusters on one path, or on nested paths, of the same repository and branch, whatever names the stores have.</summary>
internal static class ClusterPaths
{
    public static async Task<IReadOnlyList<FieldError>> CheckAsync(
        FleetEdit edit, string name, string store, string path, string pointer, CancellationToken cancellationToken)
    {
        if (edit.Draft.FindStore(store) is not { } mine) return [];

        var branch = Branch(mine.Name, mine.Url, mine.Branch);
        var full = RepositoryPath.Join(mine.BasePath, path);
        var leaving = await edit.Database.Clusters.AsNoTracking().Where(cluster => cluster.Leaving)
            .Select(cluster => new { cluster.Name, cluster.StateStore, cluster.Path }).ToListAsync(cancellationToken);
        var others = edit.Draft.Clusters.Select(cluster => (cluster.Name, cluster.StateStore, cluster.Path))
            .Concat(leaving.Select(cluster => (cluster.Name, cluster.StateStore, cluster.Path)));

        return
        [
            .. others.Where(other => other.Name != name && edit.Draft.FindStore(other.StateStore) is { } its
                    && Branch(its.Name, its.Url, its.Branch) == branch
                    && RepositoryPath.Overlaps(full, RepositoryPath.Join(its.BasePath, other.Path)))
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
