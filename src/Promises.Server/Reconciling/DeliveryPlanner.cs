using System.Collections.Concurrent;
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
    private readonly List<FileChange> _files = [];
    private readonly List<ClusterNote> _notes = [];
    private readonly List<PlacementRecord> _placements = [];
    private readonly List<ClusterRecord> _clusters = [];
    private readonly CommitPaths _paths = new();
    private readonly ConcurrentDictionary<string, OwnedFiles?> _owned = new(StringComparer.Ordinal);
    private readonly Lazy<RecordedPaths> _ours;
    private readonly Lazy<Listing> _brought;
    private Listing _listing = Listing.Empty;
    private RepairLog _repairs;
    private readonly HashSet<string> _remains = new(StringComparer.Ordinal);
    private readonly List<FileLoss> _losses = [];
    private readonly List<FileLoss> _leftovers = [];
    private readonly List<OwnedPath> _proposes = [];
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _manifests = new(StringComparer.Ordinal);

    public DeliveryPlanner(StoreWork work, BranchWork branch, BranchView? view)
    {
        (_work, _branch, _view) = (work, branch, view);
        _repairs = new RepairLog(view, _listing);
        _ours = new Lazy<RecordedPaths>(() => new RecordedPaths(work, branch, view));
        _brought = new Lazy<Listing>(() => view is null ? Listing.Empty : new Listing(view.Brought));
    }

    /// <summary>
    /// The directories and files of the base that must be known: only where files are to go that are not there as ours, and around a new cluster what could harm it.
    /// The root is empty.
    /// </summary>
    public IReadOnlyCollection<string> ToList()
    {
        // Rendering is most of the work where there is much, and each placement's is its own.
        Parallel.ForEach(_branch.Clusters.SelectMany(cluster => cluster.Placements.Select(placement => (cluster, placement))), one => Owned(one.cluster, one.placement));
        if (Base is null || _view?.All is not null) return [];
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in _branch.Clusters)
        {
            var isNew = cluster is { IsNew: true, Cluster.Leaving: false };
            if (isNew || AddsFiles(cluster)) paths.Add(cluster.Site.Path);
            if (isNew) paths.UnionWith(ForeignFiles.HarmfulAbove(cluster.Site.Path));
        }

        return paths;
    }

    /// <param name="listing">Of the directories that <see cref="ToList"/> names.</param>
    public BranchPlan Plan(Listing listing)
    {
        if (_view?.All is not null) listing = new Listing(_view.All);
        // What commits of ours left there stands in nobody's way, though no row knows of it.
        if (_view?.Leftovers is { Count: > 0 } left)
            listing = new Listing(listing.Files.Where(file => left.GetValueOrDefault(file.Key) != file.Value).ToDictionary(StringComparer.Ordinal));

        (_listing, _repairs) = (listing, new RepairLog(_view, listing));
        foreach (var cluster in _branch.Clusters) Add(cluster);
        AddMerged();
        AddLeftovers();
        return Finish();
    }

    /// <summary>What the commit builds on.</summary>
    public string? Base => _view is null ? _branch.Head : _view.Tip;

    private bool AddsFiles(ClusterWork cluster) => ClusterSet(cluster).HasNew || cluster.Placements.Any(placement => Owned(cluster, placement) is { Files.HasNew: true });

    /// <summary>Made once: what is to be listed and the plan both ask.</summary>
    private OwnedFiles? Owned(ClusterWork cluster, Placement placement) => _owned.GetOrAdd(placement.Name, _ => OwnedFiles.Of(_work, cluster, placement, _view));

    private void Add(ClusterWork cluster)
    {
        var notes = new List<PlacementNote>();
        foreach (var placement in cluster.Placements) Add(cluster, placement, notes);

        var set = ClusterSet(cluster);
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
            Take(cluster, null, set, changes);
        }

        var isRecorded = files.Count == cluster.Delivery.Files.Count && files.Values.All(file => cluster.Delivery.Files.GetValueOrDefault(file.Path) == file.Blob);
        _clusters.Add(new ClusterRecord(
            cluster.Cluster.Name, cluster.Cluster.Leaving,
            isRecorded ? null : files.Values.ToDictionary(file => file.Path, file => file.Blob, StringComparer.Ordinal), Findings(cluster, obstacles))
        { IsChanged = changes.Count > 0, Uid = cluster.Cluster.Uid });

        var happened = cluster.Cluster.Leaving ? ClusterEvent.OffBoarded
            : changes.Count == 0 ? ClusterEvent.None
            : set.Written.Count == 0 ? ClusterEvent.Registered : ClusterEvent.FilesUpdated;
        if (happened != ClusterEvent.None || notes.Count > 0) _notes.Add(new ClusterNote(cluster.Cluster.Name, happened, notes));
    }

    private void Add(ClusterWork cluster, Placement placement, List<PlacementNote> notes)
    {
        if (Owned(cluster, placement) is not { } owned) return;
        var changes = owned.Files.Changes(_listing);
        if (Trouble(placement, owned, changes) is var (reason, message))
        {
            _placements.Add(new PlacementRecord(placement.Promise, placement.Cluster, false, false, placement.Digest, null, null, null, reason, message));
            return;
        }

        Take(cluster, placement.Promise, owned.Files, changes);
        if (owned.Manifest is not null) _manifests.TryAdd(owned.Manifest, owned.Blobs);
        var revision = owned.Files.Wanted.Count == 0 ? (int?)null : placement.Revision;
        _placements.Add(new PlacementRecord(
            placement.Promise, placement.Cluster, owned.Gone, changes.Count > 0, owned.Gone ? null : placement.Digest, revision, owned.Manifest, owned.Child));
        if (changes.Count > 0) notes.Add(new PlacementNote(placement.Promise, owned.Files.Written.Count == 0 ? null : placement.WrittenRevision, revision));
    }

    /// <summary>Files of one owner, all of which the commit brings to what is wanted.</summary>
    private void Take(ClusterWork cluster, string? promise, FileSet set, IReadOnlyList<FileChange> changes)
    {
        _files.AddRange(changes);
        _repairs.Add(set);
        AddRemains(set);
        _losses.AddRange(FileLoss.Of(_branch, cluster, promise, changes, set));
        if (_branch.Environment is not null)
            _proposes.AddRange(changes.Where(change => change.Content is not null).Select(change => new OwnedPath(OwnedPath.OwnerOf(cluster.Cluster.Name, promise), change.Path, set.Wanted[change.Path].Blob)));
        if (_work.Proposed.Count > 0) _wanted.UnionWith(set.Wanted.Keys);
    }

    /// <summary>Why nothing of a placement can be written while the others go on; null if it can.</summary>
    private (string Reason, string Message)? Trouble(Placement placement, OwnedFiles owned, IReadOnlyList<FileChange> changes)
    {
        if (_view is not { IsFirstContact: true } && LostManifests.Describe(_work, placement) is { } lost) return ("RecordLost", lost);
        if (owned.Error is not null) return ("RenderFailed", $"Its files cannot be made: {owned.Error}");
        if (Foreign(owned.Files) is [var (_, obstacle), ..])
            return ("ForeignFile", $"{obstacle} is there and is not ours. Remove it from the branch; then it is tried again.");
        return _paths.Take(changes) is { } refusal ? ("PathRefused", $"Its files cannot be written: {refusal}") : null;
    }

    /// <summary>What stands in the way and is not ours to replace.</summary>
    private IReadOnlyList<(string Path, string Obstacle)> Foreign(FileSet files) => [.. files.Obstacles(_listing).Where(obstacle => !_ours.Value.Has(obstacle.Obstacle))];

    /// <summary>What was proposed for an owner that is gone by now, and was merged all the same.</summary>
    private void AddMerged()
    {
        if (_view?.All is null) return;
        var found = MergedFiles.OfNobody(_work, _branch, _view).Where(loss => !_wanted.Contains(loss.Path)).ToList();
        _losses.AddRange(found);
        Delete(found.Select(loss => (loss.Path, (string?)loss.Cluster)));
    }

    /// <summary>What stands in place of files that go: it would be in the way when they come again, and then nobody would know any more that the place is ours.</summary>
    private void AddRemains(FileSet files)
    {
        foreach (var obstacle in files.Vanished.Select(path => _brought.Value.Obstacle(path, "")).OfType<string>())
        {
            if (obstacle[^1] == '/') _remains.UnionWith(_brought.Value.Files.Keys.Where(path => path.StartsWith(obstacle, StringComparison.Ordinal)));
            else _remains.Add(obstacle);
            _repairs.AddReplaced(obstacle, _brought.Value);
        }
    }

    private void AddLeftovers()
    {
        var written = _files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var left = (_view?.Leftovers.Keys ?? []).Where(path => !written.Contains(path)).Order(StringComparer.Ordinal).ToList();
        if (_view?.Restored is { } restored)
        {
            _leftovers.AddRange(left.Select(path => FileLoss.Leftover(_branch, path)));
            // Until the proposal is merged they are found again by this alone: the commits that brought them are read once.
            if (_branch.Environment is not null) _proposes.AddRange(_leftovers.Select(loss => new OwnedPath(loss.Owner, loss.Path, restored.Leftovers[loss.Path])));
        }
        else
        {
            _repairs.AddReturned(left);
        }

        Delete(left.Union(_remains.Where(path => !written.Contains(path)).Order(StringComparer.Ordinal), StringComparer.Ordinal).Select(path => (path, _branch.HolderOf(path)?.Cluster.Name)));
    }

    private void Delete(IEnumerable<(string Path, string? Cluster)> files)
    {
        var gone = files.ToList();
        _files.AddRange(gone.Select(file => new FileChange(file.Path, null)));
        foreach (var cluster in gone.Select(file => file.Cluster).OfType<string>().Except(_notes.Select(note => note.Cluster), StringComparer.Ordinal).ToList())
            _notes.Add(new ClusterNote(cluster, ClusterEvent.FilesUpdated, []));
    }

    private FileSet ClusterSet(ClusterWork cluster)
    {
        var recorded = _view is { IsFirstContact: true } ? new Dictionary<string, string>() : cluster.Delivery.Files;
        var written = recorded.ToDictionary(file => cluster.Below(file.Key), file => file.Value, StringComparer.Ordinal);
        foreach (var (path, blob) in _view?.Merged(_work.Proposed[cluster.Cluster.Name]) ?? []) written.TryAdd(path, blob);
        if (cluster.Cluster.Leaving) return new FileSet(written, new Dictionary<string, RenderedFile>(), _view);

        var files = cluster.Rendered.Files(cluster.Site);
        if (written.ContainsKey(cluster.Below("PROMISES.md")) || (written.Count == 0 && _listing.Files.TryGetValue(cluster.Below("README.md"), out var readme) && readme != files[0].Blob))
            files = ClusterFiles.Render(cluster.Site, foreignReadme: true);
        return new FileSet(written, files.ToDictionary(file => cluster.Below(file.Path), StringComparer.Ordinal), _view);
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
        return new BranchPlan(_branch.Name, Base, _files, _notes, _branch.Changes, _manifests, new BranchRecord(
            _branch.Name, Base, null, _placements, _clusters, [.. _branch.Changes.Select(change => change.Number)], _repairs.Finish()))
        {
            Losses = _losses,
            Leftovers = _leftovers,
            Proposes = _proposes,
        };
    }
}
