using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Reconciling;

/// <summary>A branch that is not where we left it, or may not be.</summary>
/// <param name="Touched">What was touched on it; null if it may be anything.</param>
internal sealed record MovedBranch(string Name, TouchedPaths? Touched);

/// <summary>Clusters of which everything is read, because somebody else was at their files.</summary>
internal sealed class WholeClusters
{
    public bool All { get; private init; }

    public IReadOnlySet<string> Some { get; private init; } = new HashSet<string>();

    public static WholeClusters Every { get; } = new() { All = true };

    /// <param name="clusters">Reads the names and paths of all clusters of the store.</param>
    public static async Task<WholeClusters> OfAsync(StateStore store, IReadOnlyCollection<MovedBranch> moved, Func<Task<List<(string Name, string Path)>>> clusters)
    {
        if (store.IsBranchPerCluster) return new() { Some = moved.Select(branch => BranchPattern.ClusterOf(store.Branch, branch.Name)).OfType<string>().ToHashSet(StringComparer.Ordinal) };
        if (moved.Count == 0) return new();
        if (moved.Any(branch => branch.Touched is null)) return Every;
        var all = await clusters();
        return new()
        {
            Some = all.Where(cluster => moved.Any(branch => branch.Touched!.Concern(RepositoryPath.Join(store.BasePath, cluster.Path))))
                .Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal),
        };
    }

    public bool Has(string cluster) => All || Some.Contains(cluster);
}
