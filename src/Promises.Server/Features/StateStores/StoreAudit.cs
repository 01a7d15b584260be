using Promises.Manifests;
using Promises.Model;
using Promises.Server.Reconciling;

namespace Promises.Server.Features.StateStores;

/// <param name="Branch">Null where the store has only one.</param>
/// <param name="Cluster">Null for what stands where the directory of a cluster would have to be.</param>
/// <param name="Placement">Null for files of the cluster itself and for those of others.</param>
internal sealed record AuditedFile(string? Branch, string Path, string? Cluster, string? Placement, string State)
{
    /// <summary>What an audit is ordered by: the path, and of several branches the branch.</summary>
    public string Key => Branch is null ? Path : $"{Path}\n{Branch}";
}

/// <summary>Every file of a branch against what it should be. Pure.</summary>
internal sealed class StoreAudit
{
    public const string Kind = "StoreAudit";

    public const string Equal = "Equal";
    public const string Changed = "Changed";
    public const string Missing = "Missing";
    public const string Unknown = "Unknown";

    private readonly Dictionary<string, (string? Blob, string Cluster, string? Placement)> _ours = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> States { get; } = [Equal, Changed, Missing, Unknown];

    /// <param name="branch">With all that there is on it.</param>
    /// <param name="there">What lies below the directories of its clusters: path to blob id.</param>
    public static IEnumerable<AuditedFile> Of(StoreWork work, BranchWork branch, IReadOnlyDictionary<string, string> there)
    {
        var audit = new StoreAudit();
        foreach (var cluster in branch.Clusters) audit.Add(work, cluster);

        var directories = branch.Clusters.ToDictionary(cluster => cluster.Site.Path, cluster => cluster.Cluster.Name, StringComparer.Ordinal);
        var name = branch.Name == work.Store.Branch ? null : branch.Name;
        return audit._ours.Where(ours => !there.ContainsKey(ours.Key) && ours.Value.Blob is not null)
            .Select(ours => new AuditedFile(name, ours.Key, ours.Value.Cluster, ours.Value.Placement, Missing))
            .Concat(there.Select(file => audit._ours.TryGetValue(file.Key, out var ours)
                ? new AuditedFile(name, file.Key, ours.Cluster, ours.Placement, ours.Blob == file.Value ? Equal : Changed)
                : new AuditedFile(name, file.Key, ClusterOf(file.Key, directories), null, Unknown)));
    }

    private void Add(StoreWork work, ClusterWork cluster)
    {
        var name = cluster.Cluster.Name;
        foreach (var path in cluster.Delivery.Files.Keys) _ours[cluster.Below(path)] = (null, name, null);
        if (!cluster.Cluster.Leaving)
        {
            foreach (var file in ClusterFiles.Render(cluster.Site, cluster.Delivery.Files.ContainsKey("PROMISES.md"))) _ours[cluster.Below(file.Path)] = (file.Blob, name, null);
        }

        foreach (var placement in cluster.Placements) Add(work, cluster, placement);
    }

    private void Add(StoreWork work, ClusterWork cluster, Placement placement)
    {
        var (written, owned) = (OwnedFiles.Written(work, cluster, placement), OwnedFiles.Of(work, cluster, placement, null));
        // Settled, or nobody can tell what it should be: then it is what was written.
        var isAsWritten = owned is null or { Error: not null };
        foreach (var (path, blob) in written) _ours[path] = (isAsWritten ? blob : null, cluster.Cluster.Name, placement.Name);
        if (isAsWritten) return;
        foreach (var (path, file) in owned!.Files.Wanted) _ours[path] = (file.Blob, cluster.Cluster.Name, placement.Name);
    }

    private static string? ClusterOf(string path, Dictionary<string, string> directories)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (directories.TryGetValue(path[..slash], out var cluster)) return cluster;
        }

        return directories.GetValueOrDefault("");
    }
}
