namespace Promises.Server.Reconciling;

/// <summary>
/// Where files of ours were, and the directories above them. What others put in such a place is in the way of ours and is replaced; anywhere else
/// what is theirs stays.
/// </summary>
internal sealed class RecordedPaths
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public RecordedPaths(StoreWork work, BranchWork branch, BranchView? view)
    {
        if (view is { IsFirstContact: true }) return;
        foreach (var cluster in branch.Clusters)
        {
            Add(cluster.Delivery.Files.Keys.Select(cluster.Below));
            foreach (var placement in cluster.Placements) Add(OwnedFiles.Written(work, cluster, placement).Keys);
        }
    }

    /// <param name="obstacle">A path, of a directory with a slash at its end.</param>
    public bool Has(string obstacle) => _paths.Contains(obstacle.TrimEnd('/'));

    private void Add(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            _paths.Add(file);
            for (var slash = file.LastIndexOf('/'); slash > 0 && _paths.Add(file[..slash]); slash = file.LastIndexOf('/', slash - 1))
            {
                // Added by the condition; of a directory that is known all parents are known.
            }
        }
    }
}
