using Promises.Manifests;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>A file of ours that a commit deletes, with no other file of the same owner in its place.</summary>
/// <param name="Branch">It is on.</param>
/// <param name="Promise">Whose; null for a file of the cluster itself.</param>
/// <param name="Path">From the root of the repository.</param>
/// <param name="Identity">What it is below the cluster's directory, as <see cref="FileIdentity"/> has it.</param>
internal sealed record FileLoss(string Branch, string Cluster, string? Promise, string Path, string Identity)
{
    /// <summary>The placement (<c>promise.cluster</c>) or the cluster.</summary>
    public string Owner => OwnedPath.OwnerOf(Cluster, Promise);

    /// <summary>As decisions name it. No name of a branch has a colon in it.</summary>
    public string Item => $"{Branch}:{Path}";

    /// <param name="changes">What is done to the files of this owner.</param>
    public static IEnumerable<FileLoss> Of(BranchWork branch, ClusterWork cluster, string? promise, IReadOnlyList<FileChange> changes, FileSet files)
    {
        var deleted = changes.Where(change => change.Content is null).ToList();
        if (deleted.Count == 0) return [];

        // An object under another name, because a new version of the renderer orders or names it otherwise, is no loss.
        var kept = files.Wanted.Keys.Select(cluster.Beneath).Select(FileIdentity.Of).ToHashSet(StringComparer.Ordinal);
        return deleted.Select(change => new FileLoss(branch.Name, cluster.Cluster.Name, promise, change.Path, FileIdentity.Of(cluster.Beneath(change.Path))))
            .Where(loss => !kept.Contains(loss.Identity));
    }

    /// <summary>A file that commits left which the database does not know of.</summary>
    public static FileLoss Leftover(BranchWork branch, string path)
    {
        var cluster = branch.HolderOf(path)!;
        var below = cluster.Beneath(path);
        var promise = below.Split('/') switch
        {
            ["placements" or "dependencies", var name, _, ..] => name,
            ["flux", var name] when name != "promises-cluster.yaml" => name[..^".yaml".Length],
            _ => null,
        };
        return new FileLoss(branch.Name, cluster.Cluster.Name, promise, path, FileIdentity.Of(below));
    }
}
