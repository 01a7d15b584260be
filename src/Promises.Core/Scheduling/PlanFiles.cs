using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Scheduling;

public enum FileChangeKind { Add, Change, Remove }

/// <param name="Path">From the root of the repository.</param>
public sealed record FileChange(string Path, FileChangeKind Change);

/// <summary>Which files a planned change writes and removes, without rendering any.</summary>
public static class PlanFiles
{
    /// <param name="before">The snapshot before the change.</param>
    /// <param name="after">The snapshot that was planned.</param>
    /// <param name="layouts">Answers the layout of that name.</param>
    /// <returns>By path, sorted by ordinal.</returns>
    public static IReadOnlyList<FileChange> Of(PlacementChange change, FleetSnapshot before, FleetSnapshot after, Func<Layout, ILayout> layouts)
    {
        var (had, has) = (Files(change.Before, before, after, layouts), Files(change.After, after, before, layouts));
        // On another branch nothing is ours yet, and on the one it was nothing is touched any more.
        if (Place(before, change.Cluster) is { } from && Place(after, change.Cluster) is { } to && from != to) had.Clear();
        return
        [
            .. had.Keys.Union(has.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Where(path => had.GetValueOrDefault(path) != has.GetValueOrDefault(path))
                .Select(path => new FileChange(path, !had.ContainsKey(path) ? FileChangeKind.Add : has.ContainsKey(path) ? FileChangeKind.Change : FileChangeKind.Remove)),
        ];
    }

    private static (string? Url, string Branch)? Place(FleetSnapshot fleet, string cluster) =>
        fleet.FindCluster(cluster) is { } site && fleet.FindStore(site.StateStore) is { } store ? (store.Url, store.Branch) : null;

    /// <summary>Full repository path to a digest of the content.</summary>
    private static Dictionary<string, string> Files(PlacementState? placement, FleetSnapshot first, FleetSnapshot second, Func<Layout, ILayout> layouts)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (placement is not { Delivers: true } || (first.FindCluster(placement.Cluster) ?? second.FindCluster(placement.Cluster)) is not { } cluster
            || (first.FindStore(cluster.StateStore) ?? second.FindStore(cluster.StateStore)) is not { } store
            || (first.FindRevision(placement.Promise, placement.Revision) ?? second.FindRevision(placement.Promise, placement.Revision)) is not { } revision)
        {
            return files;
        }

        var (layout, directory) = (layouts(store.Layout), RepositoryPath.Join(store.BasePath, cluster.Path));
        foreach (var (path, digest) in layout.Paths(placement.Promise, revision.Objects)) files.Add(RepositoryPath.Join(directory, path), digest);
        // The child holds nothing of a revision but what it waits for.
        if (layout.ChildPath(placement.Promise, cluster.Agent, revision.Objects.Count > 0) is { } child)
            files.Add(RepositoryPath.Join(directory, child), string.Join(',', placement.DependsOn));
        return files;
    }
}
