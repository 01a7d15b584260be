using Promises.Manifests;
using Promises.Model;

namespace Promises.Scheduling;

public enum FileChangeKind { Add, Change, Remove }

/// <param name="Path">From the root of the repository.</param>
public sealed record FileChange(string Path, FileChangeKind Change);

/// <summary>Which files a planned change writes and removes, without rendering any.</summary>
public static class PlanFiles
{
    /// <param name="before">The snapshot before the change.</param>
    /// <param name="after">The snapshot that was planned.</param>
    /// <returns>By path, sorted by ordinal.</returns>
    public static IReadOnlyList<FileChange> Of(PlacementChange change, FleetSnapshot before, FleetSnapshot after)
    {
        var (had, has) = (Files(change.Before, before, after), Files(change.After, after, before));
        return
        [
            .. had.Keys.Union(has.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Where(path => had.GetValueOrDefault(path) != has.GetValueOrDefault(path))
                .Select(path => new FileChange(path, !had.ContainsKey(path) ? FileChangeKind.Add : has.ContainsKey(path) ? FileChangeKind.Change : FileChangeKind.Remove)),
        ];
    }

    /// <summary>The directory that holds the files of a placement, from the root of the repository.</summary>
    public static string Directory(ClusterSite site, string promise) => site.Below(site.Layout == Layout.Kratix ? KratixLayout.Directory(promise) : PlacementsLayout.Directory(promise));

    /// <summary>Full repository path to a digest of the content.</summary>
    private static Dictionary<string, string> Files(PlacementState? placement, FleetSnapshot first, FleetSnapshot second)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (placement is not { Delivers: true } || (first.Site(placement.Cluster) ?? second.Site(placement.Cluster)) is not { } site
            || (first.FindRevision(placement.Promise, placement.Revision) ?? second.FindRevision(placement.Promise, placement.Revision)) is not { } revision)
        {
            return files;
        }

        var layout = Layouts.For(site.Layout);
        foreach (var (path, digest) in layout.Paths(placement.Promise, revision.Objects)) files.Add(site.Below(path), digest);
        // The child holds nothing of a revision but what it waits for.
        if (layout.ChildPath(placement.Promise, site.Agent, revision.Objects.Count > 0) is { } child) files.Add(site.Below(child), string.Join(',', placement.DependsOn));
        return files;
    }
}
