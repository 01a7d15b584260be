using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Reconciling;

/// <summary>What one store has to do, read at one fleet version.</summary>
/// <param name="Clusters">Those that are behind, and those whose branch somebody else has moved, with all their placements.</param>
/// <param name="Branches">The same clusters, by the branch that they are on.</param>
/// <param name="Manifests">Files on the branch by digest of their manifest.</param>
/// <param name="Revisions">Rendered content by (Promise, number).</param>
/// <param name="Changes">That wait to be seen on the branch, oldest first.</param>
internal sealed record StoreWork(
    long Version,
    StateStore Store,
    StoreDelivery? Delivery,
    IReadOnlyList<ClusterWork> Clusters,
    IReadOnlyList<BranchWork> Branches,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Manifests,
    IReadOnlyDictionary<(string Promise, int Number), RenderedRevision> Revisions,
    IReadOnlyList<PendingChange> Changes)
{
    /// <summary>Holds of the store that nobody has decided about, and decisions that are not carried out.</summary>
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>The branches that agents read, with all there is to do on them; in a store that is not pushed to, <see cref="Branches"/> are the proposals for it.</summary>
    public IReadOnlyList<BranchWork> Targets => Store.IsByProposal ? [new BranchWork(Store.Branch, Delivery?.Head, Clusters, Changes)] : Branches;

    /// <summary>What is or was proposed; of a store that is pushed to, what is left of a time when it was not.</summary>
    public IReadOnlyList<Proposal> Proposals { get; init; } = [];

    /// <summary>Files that somebody may have merged, by owner.</summary>
    public ILookup<string, ProposedFile> Proposed { get; init; } = Array.Empty<ProposedFile>().ToLookup(file => file.Owner);
}

/// <summary>One branch, and what is to be done on it.</summary>
/// <param name="Head">The last commit that the remote acknowledged; null if nothing is known of it.</param>
/// <param name="Changes">That wait to be seen on it, oldest first.</param>
internal sealed record BranchWork(string Name, string? Head, IReadOnlyList<ClusterWork> Clusters, IReadOnlyList<PendingChange> Changes)
{
    private readonly Lazy<Dictionary<string, ClusterWork>> _directories = new(() => Clusters.ToDictionary(cluster => cluster.Site.Path, StringComparer.Ordinal));

    /// <summary>Whose clusters these are, where it is the branch of a proposal.</summary>
    public string? Environment { get; init; }

    /// <summary>The cluster in whose directory a file is.</summary>
    public ClusterWork? HolderOf(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (_directories.Value.TryGetValue(path[..slash], out var cluster)) return cluster;
        }

        return _directories.Value.GetValueOrDefault("");
    }
}

internal sealed record PendingChange(long Number, string By);

/// <param name="IsBehind">The reason to look at it; others are there because the branch was changed by somebody else.</param>
/// <param name="Rendered">Knows the files of the cluster itself.</param>
internal sealed record ClusterWork(Cluster Cluster, ClusterDelivery Delivery, ClusterSite Site, bool IsBehind, IReadOnlyList<Placement> Placements, RenderCache Rendered)
{
    /// <summary>Nothing of it is on the branch yet.</summary>
    public bool IsNew => Delivery.Files.Count == 0;

    public string Below(string path) => RepositoryPath.Join(Site.Path, path);

    /// <summary>The reverse of <see cref="Below"/>.</summary>
    public string Beneath(string path) => Site.Path.Length == 0 ? path : path[(Site.Path.Length + 1)..];
}

/// <summary>The files of a revision in one layout, the same for every cluster; or why there are none.</summary>
internal sealed record RenderedRevision(IReadOnlyList<RenderedFile> Files, string Manifest, IReadOnlyDictionary<string, string> Blobs, string? Error);
