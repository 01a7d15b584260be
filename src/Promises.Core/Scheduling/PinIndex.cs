using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>
/// The pins of one environment, found by what clusters are labelled with. Each selector is filed under its rarest condition, so that a cluster
/// tests only the few selectors one of its labels points at.
/// </summary>
internal sealed class PinIndex
{
    private readonly Dictionary<string, PinnedRevision> _byPromise = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Postings> _keys = new(StringComparer.Ordinal);
    private readonly List<PinnedRevision> _always = [];

    public PinIndex(IEnumerable<RevisionState> pinned)
    {
        var revisions = pinned.ToDictionary(revision => revision.Promise, StringComparer.Ordinal);
        var depths = Depths(revisions);
        foreach (var revision in revisions.Values) _byPromise.Add(revision.Promise, new PinnedRevision(revision, depths[revision.Promise]));

        AllClusters = [.. _byPromise.Values.Where(pin => pin.Revision.Placement.AllClusters)];
        var uses = new Dictionary<(string, string), int>();
        var wanted = _byPromise.Values.SelectMany(pin => pin.Requirements ?? []).Where(requirement => requirement.Operator == SelectorOperator.In);
        foreach (var (key, value) in wanted.SelectMany(requirement => requirement.Values.Select(value => (requirement.Key, value))))
        {
            uses[(key, value)] = uses.GetValueOrDefault((key, value)) + 1;
        }

        foreach (var pin in _byPromise.Values) File(pin, uses);
    }

    public static PinIndex Empty { get; } = new([]);

    public IReadOnlyList<PinnedRevision> AllClusters { get; }

    public IReadOnlyCollection<PinnedRevision> All => _byPromise.Values;

    public PinnedRevision? Find(string promise) => _byPromise.GetValueOrDefault(promise);

    /// <summary>Adds the Promises whose selector matches, each once.</summary>
    public void Select(ClusterState cluster, EffectiveLabels labels, List<PinnedRevision> matches)
    {
        foreach (var pin in _always) Test(pin, labels, matches);
        if (_keys.Count <= cluster.Labels.Count)
        {
            foreach (var (key, postings) in _keys)
            {
                if (labels.TryGetValue(key, out var value)) postings.Select(value, labels, matches);
            }

            return;
        }

        foreach (var (key, value) in labels)
        {
            if (_keys.TryGetValue(key, out var postings)) postings.Select(value, labels, matches);
        }
    }

    private static void Test(PinnedRevision pin, EffectiveLabels labels, List<PinnedRevision> matches)
    {
        if (pin.Matches(labels)) matches.Add(pin);
    }

    private void File(PinnedRevision pin, Dictionary<(string, string), int> uses)
    {
        if (pin.Requirements is null) return;
        var rarest = pin.Requirements
            .Where(requirement => requirement.Operator == SelectorOperator.In)
            .MinBy(requirement => requirement.Values.Sum(value => uses[(requirement.Key, value)]));
        var requirement = rarest ?? pin.Requirements.FirstOrDefault(candidate => candidate.Operator == SelectorOperator.Exists);
        if (requirement is null)
        {
            _always.Add(pin);
            return;
        }

        if (!_keys.TryGetValue(requirement.Key, out var postings)) _keys.Add(requirement.Key, postings = new Postings());
        if (requirement.Operator == SelectorOperator.Exists) postings.Exists.Add(pin);
        foreach (var value in requirement.Values) postings.Of(value).Add(pin);
    }

    /// <summary>Peels level by level; what is left is in or above a cycle, which publication refuses but promotions of parts could make.</summary>
    private static Dictionary<string, int> Depths(Dictionary<string, RevisionState> revisions)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        var left = new List<RevisionState>();
        foreach (var revision in revisions.Values)
        {
            if (revision.Requires.Count == 0) depths.Add(revision.Promise, 0);
            else left.Add(revision);
        }

        for (var depth = 0; left.Count > 0; depth++)
        {
            var ready = left.Where(revision => revision.Requires.All(r => !revisions.ContainsKey(r.Promise) || depths.ContainsKey(r.Promise))).ToList();
            if (ready.Count == 0) ready = left;
            foreach (var (promise, level) in ready.Select(revision => (revision.Promise, Level(revision))).ToList()) depths[promise] = level;
            left = [.. left.Where(revision => !depths.ContainsKey(revision.Promise))];
        }

        return depths;

        int Level(RevisionState revision) => 1 + revision.Requires.Max(r => revisions.ContainsKey(r.Promise) ? depths.GetValueOrDefault(r.Promise, revisions.Count) : -1);
    }

    private sealed class Postings
    {
        private readonly Dictionary<string, List<PinnedRevision>> _values = new(StringComparer.Ordinal);

        public List<PinnedRevision> Exists { get; } = [];

        public List<PinnedRevision> Of(string value)
        {
            if (!_values.TryGetValue(value, out var pins)) _values.Add(value, pins = []);
            return pins;
        }

        public void Select(string value, EffectiveLabels labels, List<PinnedRevision> matches)
        {
            foreach (var pin in Exists) Test(pin, labels, matches);
            if (!_values.TryGetValue(value, out var pins)) return;
            foreach (var pin in pins) Test(pin, labels, matches);
        }
    }
}
