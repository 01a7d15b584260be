using Promises.Manifests;
using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Works out one commit from what is wanted, what we wrote, and what is there. Pure but for the listing, which it asks for only where files are added.</summary>
internal sealed class DeliveryPlanner
{
    private readonly StoreWork _work;
    private readonly BranchView? _view;
    private readonly Listing _listing;
    private readonly List<FileChange> _files = [];
    private readonly List<ClusterNote> _notes = [];
    private readonly List<PlacementRecord> _placements = [];
    private readonly List<ClusterRecord> _clusters = [];
    private readonly CommitPaths _paths = new();
    private readonly RepairLog _repairs;
    private readonly Lazy<RecordedPaths> _ours;
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _manifests = new(StringComparer.Ordinal);

    private DeliveryPlanner(StoreWork work, BranchView? view, Listing listing)
    {
        (_work, _view, _listing) = (work, view, listing);
        _repairs = new RepairLog(view, listing);
        _ours = new Lazy<RecordedPaths>(() => new RecordedPaths(work, view));
    }

    /// <param name="list">Lists the files of the base at and below these paths, and what stands in place of a directory above them; all files for none.</param>
    public static async Task<DeliveryPlan> PlanAsync(StoreWork work, BranchView? view, Func<IReadOnlyCollection<string>, Task<Listing>> list)
    {
        var from = view is null ? work.Head : view.Tip;
        var listing = from is null ? Listing.Empty : view?.All is not null ? new Listing(view.All) : await ListAsync(work, view, list);
        var planner = new DeliveryPlanner(work, view, listing);
        foreach (var cluster in work.Clusters) planner.Add(cluster);
        return planner.Finish(from);
    }

    /// <summary>Only where files are to go that are not there as ours; around a new cluster also for what could harm it.</summary>
    private static async Task<Listing> ListAsync(StoreWork work, BranchView? view, Func<IReadOnlyCollection<string>, Task<Listing>> list)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in work.Clusters)
        {
            var isNew = cluster is { IsNew: true, Cluster.Leaving: false };
            if (isNew || AddsFiles(work, cluster, view)) paths.Add(cluster.Site.Path);
            if (isNew) paths.UnionWith(ForeignFiles.HarmfulAbove(cluster.Site.Path));
        }

        return paths.Count == 0 ? Listing.Empty : await list(paths.Contains("") ? [] : paths);
    }

    private static bool AddsFiles(StoreWork work, ClusterWork cluster, BranchView? view) =>
        ClusterSet(cluster, view, Listing.Empty).HasNew || cluster.Placements.Any(placement => OwnedFiles.Of(work, cluster, placement, view) is { Files.HasNew: true });

    private void Add(ClusterWork cluster)
    {
        var notes = new List<PlacementNote>();
        foreach (var placement in cluster.Placements) Add(cluster, placement, notes);

        var set = ClusterSet(cluster, _view, _listing);
        var files = set.Wanted.ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
        var obstacles = Foreign(set);
        if (obstacles.Count > 0)
        {
            foreach (var (path, _) in obstacles) files.Remove(path);
            set = new FileSet(set.Written, files, _view);
        }

        var changes = set.Changes(_listing);
        if (_paths.Take(changes) is not null)
        {
            // Of a path that was registered before its length was limited. Its placements say so: theirs are longer still.
            (files, changes) = ([], []);
        }
        else
        {
            _files.AddRange(changes);
            _repairs.Add(set);
        }

        _clusters.Add(new ClusterRecord(
            cluster.Cluster.Name, cluster.Cluster.Leaving, files.Values.ToDictionary(file => file.Path, file => file.Blob, StringComparer.Ordinal), Findings(cluster, obstacles)));

        var happened = cluster.Cluster.Leaving ? ClusterEvent.OffBoarded
            : changes.Count == 0 ? ClusterEvent.None
            : set.Written.Count == 0 ? ClusterEvent.Registered : ClusterEvent.FilesUpdated;
        if (happened != ClusterEvent.None || notes.Count > 0) _notes.Add(new ClusterNote(cluster.Cluster.Name, happened, notes));
    }

    private void Add(ClusterWork cluster, Placement placement, List<PlacementNote> notes)
    {
        if (OwnedFiles.Of(_work, cluster, placement, _view) is not { } owned) return;
        var changes = owned.Files.Changes(_listing);
        if (Trouble(owned, changes) is var (reason, message))
        {
            _placements.Add(new PlacementRecord(placement.Promise, placement.Cluster, false, false, placement.Digest, null, null, null, reason, message));
            return;
        }

        _files.AddRange(changes);
        _repairs.Add(owned.Files);
        if (owned.Manifest is not null) _manifests.TryAdd(owned.Manifest, owned.Blobs);
        var revision = owned.Files.Wanted.Count == 0 ? (int?)null : placement.Revision;
        _placements.Add(new PlacementRecord(
            placement.Promise, placement.Cluster, owned.Gone, changes.Count > 0, owned.Gone ? null : placement.Digest, revision, owned.Manifest, owned.Child));
        if (changes.Count > 0) notes.Add(new PlacementNote(placement.Promise, owned.Files.Written.Count == 0 ? null : placement.WrittenRevision, revision));
    }

    /// <summary>Why nothing of a placement can be written while the others go on; null if it can.</summary>
    private (string Reason, string Message)? Trouble(OwnedFiles owned, IReadOnlyList<FileChange> changes)
    {
        if (owned.Error is not null) return ("RenderFailed", $"Its files cannot be made: {owned.Error}");
        if (Foreign(owned.Files) is [var (_, obstacle), ..])
            return ("ForeignFile", $"{obstacle} is there and is not ours. Remove it from the branch; then it is tried again.");
        return _paths.Take(changes) is { } refusal ? ("PathRefused", $"Its files cannot be written: {refusal}") : null;
    }

    /// <summary>What stands in the way and is not ours to replace.</summary>
    private IReadOnlyList<(string Path, string Obstacle)> Foreign(FileSet files) => [.. files.Obstacles(_listing).Where(obstacle => !_ours.Value.Has(obstacle.Obstacle))];

    private static FileSet ClusterSet(ClusterWork cluster, BranchView? view, Listing listing)
    {
        var recorded = view is { IsFirstContact: true } ? new Dictionary<string, string>() : cluster.Delivery.Files;
        var written = recorded.ToDictionary(file => cluster.Below(file.Key), file => file.Value, StringComparer.Ordinal);
        if (cluster.Cluster.Leaving) return new FileSet(written, new Dictionary<string, RenderedFile>(), view);

        var foreignReadme = recorded.ContainsKey("PROMISES.md");
        var files = ClusterFiles.Render(cluster.Site, foreignReadme);
        if (recorded.Count == 0 && listing.Files.TryGetValue(cluster.Below("README.md"), out var readme) && readme != files[0].Blob)
            files = ClusterFiles.Render(cluster.Site, foreignReadme: true);
        return new FileSet(written, files.ToDictionary(file => cluster.Below(file.Path), StringComparer.Ordinal), view);
    }

    private IReadOnlyList<string>? Findings(ClusterWork cluster, IReadOnlyList<(string Path, string Obstacle)> obstacles)
    {
        var harmful = _listing.Files.Keys.Where(ForeignFiles.IsHarmful);
        var findings = cluster.Cluster.Leaving ? null
            : _view?.All is not null || cluster.IsNew ? ForeignFiles.Findings(harmful, cluster.Site.Path)
            : _view is not null ? ForeignFiles.Findings(cluster.Delivery.Findings, _view.Moved!.Values, cluster.Site.Path)
            : null;
        return obstacles.Count == 0 ? findings
            : [.. (findings ?? cluster.Delivery.Findings).Union(obstacles.Select(obstacle => obstacle.Obstacle), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private DeliveryPlan Finish(string? from) => new(from, _files, _notes, new DeliveryRecord(
        _work.Store.Name, _work.Store.Url, _work.Store.Branch, from, _work.Version, _placements, _clusters, _manifests,
        [.. _work.Changes.Select(change => change.Number)], _repairs.Finish()));
}
