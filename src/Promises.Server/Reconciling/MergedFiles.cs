using Promises.Manifests;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>Files that were proposed for somebody who is gone by now, and were merged all the same.</summary>
internal static class MergedFiles
{
    public static IEnumerable<FileLoss> OfNobody(StoreWork work, BranchWork branch, BranchView view)
    {
        if (work.Proposed.Count == 0) return [];
        var clusters = work.Clusters.ToDictionary(cluster => cluster.Cluster.Name, StringComparer.Ordinal);
        var owners = clusters.Keys.Concat(work.Clusters.SelectMany(cluster => cluster.Placements).Select(placement => placement.Name)).ToHashSet(StringComparer.Ordinal);
        var files = work.Proposed.Where(files => !owners.Contains(files.Key)).SelectMany(files => files)
            .Where(file => branch.Environment is null || file.Environment == branch.Environment).ToList();
        var merged = view.Merged(files).Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        return files.Where(file => merged.Contains(file.Path)).DistinctBy(file => file.Path, StringComparer.Ordinal).Select(Loss);

        FileLoss Loss(ProposedFile file)
        {
            var (promise, name) = file.Owner.Split('.') is [var first, var second] ? (first, second) : (null, file.Owner);
            // Where the directory of a cluster was that is gone, nobody knows any more; then all of it goes or nothing.
            var identity = clusters.TryGetValue(name, out var cluster) ? FileIdentity.Of(cluster.Beneath(file.Path)) : file.Path;
            return new FileLoss(branch.Name, name, promise, file.Path, identity);
        }
    }
}
