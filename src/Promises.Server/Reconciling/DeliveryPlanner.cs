using Promises.Manifests;
using Promises.Model;
using Promises.StateStores;

namespace Promises.Server.Reconciling;

/// <summary>Works out the commit of one branch from what is wanted, what we wrote, and what is there. Pure: what has to be listed first it says.</summary>
internal sealed class DeliveryPlanner
{
    private readonly StoreWork _work;
    private readonly BranchWork _branch;
    private readonly BranchView? _view;
    private readonly Listing _listing;
    private readonly List<FileChange> _files = [];
    private readonly List<ClusterNote> _notes = [];
    private readonly List<PlacementRecord> _placements = [];
    private readonly List<ClusterRecord> _clusters = [];
    private readonly List<string> _repaired = [];
    private readonly List<OwnedPath> _writes = [];
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _manifests = new(StringComparer.Ordinal);

    private DeliveryPlanner(StoreWork work, BranchWork branch, BranchView? view, Listing listing) => (_work, _branch, _view, _listing) = (work, branch, view, listing);

    /// <summary>The directories of the base whose files must be known, which they must only where files are added; the root is empty.</summary>
    public static IReadOnlyCollection<string> ToList(StoreWork work, BranchWork branch, BranchView? view)
    {
        if (Base(branch, view) is null || view?.All is not null) return [];
        if (view is not null || branch.Clusters.Any(cluster => cluster is { IsNew: true, Cluster.Leaving: false })) return [""];
        return [.. branch.Clusters.Where(cluster => AddsFiles(work, cluster)).Select(cluster => cluster.Site.Path).Distinct(StringComparer.Ordinal)];
    }

    /// <param name="listing">Of the directories that <see cref="ToList"/> names.</param>
    public static BranchPlan Plan(StoreWork work, BranchWork branch, BranchView? view, Listing listing)
    {
        var planner = new DeliveryPlanner(work, branch, view, view?.All is not null ? new Listing(view.All) : listing);
        foreach (var cluster in branch.Clusters) planner.Add(cluster);
        planner.RemoveLeftovers();
        return planner.Finish();
    }

    /// <summary>What the commit builds on.</summary>
    public static string? Base(BranchWork branch, BranchView? view) => view is null ? branch.Head : view.Tip;

    private static bool AddsFiles(StoreWork work, ClusterWork cluster) =>
        ClusterSet(work, cluster, null, Listing.Empty).HasNew || cluster.Placements.Any(placement => OwnedFiles.Of(work, cluster, placement, null) is { Files.HasNew: true });

    private void Add(ClusterWork cluster)
    {
        var notes = new List<PlacementNote>();
        foreach (var placement in cluster.Placements) Add(cluster, placement, notes);

        var set = ClusterSet(_work, cluster, _view, _listing);
        var files = set.Wanted.ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
        var obstacles = set.Obstacles(_listing);
        if (obstacles.Count > 0)
        {
            foreach (var (path, _) in obstacles) files.Remove(path);
            set = new FileSet(set.Written, files, _view);
        }

        var changes = set.Changes(_listing);
        Take(cluster.Cluster.Name, set, changes);
        _clusters.Add(new ClusterRecord(
            cluster.Cluster.Name, cluster.Cluster.Leaving, files.Values.ToDictionary(file => file.Path, file => file.Blob, StringComparer.Ordinal), Findings(cluster, obstacles)) { IsChanged = changes.Count > 0 });

        var happened = cluster.Cluster.Leaving ? ClusterEvent.OffBoarded
            : changes.Count == 0 ? ClusterEvent.None
            : set.Written.Count == 0 ? ClusterEvent.Registered : ClusterEvent.FilesUpdated;
        if (happened != ClusterEvent.None || notes.Count > 0) _notes.Add(new ClusterNote(cluster.Cluster.Name, happened, notes));
    }

    private void Add(ClusterWork cluster, Placement placement, List<PlacementNote> notes)
    {
        if (OwnedFiles.Of(_work, cluster, placement, _view) is not { } owned) return;
        if (owned.Error is not null || owned.Files.Obstacles(_listing) is { Count: > 0 })
        {
            var (reason, message) = owned.Error is not null
                ? ("RenderFailed", $"Its files cannot be made: {owned.Error}")
                : ("ForeignFile", $"{owned.Files.Obstacles(_listing)[0].Obstacle} is there and is not ours. Remove it from the branch; it is tried again with the next write to the store.");
            _placements.Add(new PlacementRecord(placement.Promise, placement.Cluster, false, false, placement.Digest, null, null, null, reason, message));
            return;
        }

        var changes = owned.Files.Changes(_listing);
        Take(placement.Name, owned.Files, changes);
        if (owned.Manifest is not null) _manifests.TryAdd(owned.Manifest, owned.Blobs);
        var revision = owned.Files.Wanted.Count == 0 ? (int?)null : placement.Revision;
        _placements.Add(new PlacementRecord(
            placement.Promise, placement.Cluster, owned.Gone, changes.Count > 0, owned.Gone ? null : placement.Digest, revision, owned.Manifest, owned.Child));
        if (changes.Count > 0) notes.Add(new PlacementNote(placement.Promise, owned.Files.Written.Count == 0 ? null : placement.WrittenRevision, revision));
    }

    private void Take(string owner, FileSet set, IReadOnlyList<FileChange> changes)
    {
        _files.AddRange(changes);
        _repaired.AddRange(set.Repairs);
        if (_branch.Environment is not null)
            _writes.AddRange(changes.Where(change => change.Content is not null).Select(change => new OwnedPath(owner, change.Path, set.Wanted[change.Path].Blob)));
        if (_work.Proposed.Count > 0) _wanted.UnionWith(set.Wanted.Keys);
    }

    /// <summary>What was proposed for an owner that is gone by now, and was merged all the same.</summary>
    private void RemoveLeftovers()
    {
        if (_view?.All is null || _work.Proposed.Count == 0) return;
        var owners = _work.Clusters.Select(cluster => cluster.Cluster.Name)
            .Concat(_work.Clusters.SelectMany(cluster => cluster.Placements).Select(placement => placement.Name)).ToHashSet(StringComparer.Ordinal);
        var leftovers = _work.Proposed.Where(files => !owners.Contains(files.Key)).SelectMany(files => files)
            .Where(file => (_branch.Environment is null || file.Environment == _branch.Environment) && !_wanted.Contains(file.Path)).ToList();
        foreach (var (path, _) in _view.Merged(leftovers)) _files.Add(new FileChange(path, null));
        foreach (var cluster in leftovers.Where(file => _view.All.ContainsKey(file.Path)).Select(file => file.Owner[(file.Owner.IndexOf('.', StringComparison.Ordinal) + 1)..]).Distinct(StringComparer.Ordinal))
        {
            if (!_notes.Exists(note => note.Cluster == cluster)) _notes.Add(new ClusterNote(cluster, ClusterEvent.FilesUpdated, []));
        }
    }

    private static FileSet ClusterSet(StoreWork work, ClusterWork cluster, BranchView? view, Listing listing)
    {
        var recorded = view is { IsFirstContact: true } ? new Dictionary<string, string>() : cluster.Delivery.Files;
        var written = recorded.ToDictionary(file => cluster.Below(file.Key), file => file.Value, StringComparer.Ordinal);
        foreach (var (path, blob) in view?.Merged(work.Proposed[cluster.Cluster.Name]) ?? []) written.TryAdd(path, blob);
        if (cluster.Cluster.Leaving) return new FileSet(written, new Dictionary<string, RenderedFile>(), view);

        var foreignReadme = written.ContainsKey(cluster.Below("PROMISES.md"));
        var files = ClusterFiles.Render(cluster.Site, foreignReadme);
        if (written.Count == 0 && listing.Files.TryGetValue(cluster.Below("README.md"), out var readme) && readme != files[0].Blob)
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

    private BranchPlan Finish()
    {
        var from = Base(_branch, _view);
        return new BranchPlan(_branch.Name, from, _files, _notes, _branch.Changes, _manifests, new BranchRecord(
            _branch.Name, from, null, _placements, _clusters, [.. _branch.Changes.Select(change => change.Number)], _repaired)) { Writes = _writes };
    }
}
