using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A placement that is withdrawn, or that stays and loses objects.</summary>
/// <param name="Placement"><c>promise.cluster</c>.</param>
/// <param name="Objects">Identities in text form, sorted by ordinal.</param>
public sealed record Removal(string Placement, IReadOnlyList<string> Objects);

/// <summary>The numbers of a plan, as the API shows them. A blocked newcomer that is dropped counts nowhere: nothing of it is on any cluster.</summary>
/// <param name="Clusters">How many clusters have a change.</param>
/// <param name="Environments">Theirs, in the order of the ladder.</param>
/// <param name="External">How many of the clusters are in external environments.</param>
/// <param name="Removals">Sorted by Promise, then cluster.</param>
public sealed record Impact(
    int Clusters,
    IReadOnlyList<string> Environments,
    int External,
    IReadOnlyDictionary<ChangeKind, int> Placements,
    int ObjectsAdded,
    int ObjectsChanged,
    int ObjectsRemoved,
    IReadOnlyList<Removal> Removals)
{
    /// <summary>Says exactly which removals were shown: equal digests mean equal removals.</summary>
    public string RemovalsDigest => Digests.Sha256(string.Join('\n', Removals.Select(removal => $"{removal.Placement}\t{string.Join('\t', removal.Objects)}")));

    /// <param name="before">The snapshot before the change: revisions and clusters that the change takes out are found there.</param>
    /// <param name="after">The snapshot that was planned.</param>
    public static Impact From(SchedulingResult result, FleetSnapshot before, FleetSnapshot after)
    {
        var changes = result.Changes.Where(change => !change.IsDrop).ToList();
        var clusters = changes.Select(change => change.Cluster).Distinct(StringComparer.Ordinal)
            .Select(name => after.FindCluster(name) ?? before.FindCluster(name)).OfType<ClusterState>().ToList();
        var perEnvironment = clusters.CountBy(cluster => cluster.Environment).ToDictionary(StringComparer.Ordinal);
        var rungs = perEnvironment.Keys.Select(name => after.FindEnvironment(name) ?? before.FindEnvironment(name)).OfType<EnvironmentState>()
            .OrderBy(rung => rung.Position).ThenBy(rung => rung.Name, StringComparer.Ordinal).ToList();

        var (added, changed, removed) = (0, 0, 0);
        var removals = new List<Removal>();
        foreach (var change in changes)
        {
            var objects = ObjectChanges.Of(change, before, after);
            (added, changed, removed) = (added + objects.Added, changed + objects.Changed, removed + objects.Removed.Count);
            if (change.IsRemoval || objects.Removed.Count > 0) removals.Add(new Removal((change.Before ?? change.After)!.Name, objects.Removed));
        }

        return new Impact(
            clusters.Count, [.. rungs.Select(rung => rung.Name)], rungs.Where(rung => rung.Audience == Audience.External).Sum(rung => perEnvironment[rung.Name]),
            Enum.GetValues<ChangeKind>().ToDictionary(kind => kind, kind => changes.Count(change => change.Kind == kind)), added, changed, removed, removals);
    }

    public JsonObject ToJson() => new()
    {
        ["clusters"] = Clusters,
        ["environments"] = new JsonArray([.. Environments.Select(name => (JsonNode)name)]),
        ["external"] = External,
        ["placements"] = new JsonObject(Placements.OrderBy(count => count.Key).Select(count => KeyValuePair.Create(count.Key.ToString(), (JsonNode?)count.Value))),
        ["objects"] = new JsonObject { ["added"] = ObjectsAdded, ["changed"] = ObjectsChanged, ["removed"] = ObjectsRemoved },
        ["removals"] = new JsonArray([.. Removals.Select(removal => (JsonNode)new JsonObject
        {
            ["placement"] = removal.Placement,
            ["objects"] = new JsonArray([.. removal.Objects.Select(item => (JsonNode)item)]),
        })]),
    };
}

/// <summary>What one change does to the objects on its cluster.</summary>
/// <param name="Removed">Sorted by ordinal.</param>
internal readonly record struct ObjectChanges(int Added, int Changed, IReadOnlyList<string> Removed)
{
    public static ObjectChanges Of(PlacementChange change, FleetSnapshot before, FleetSnapshot after)
    {
        var (had, has) = (Objects(change.Before, before, after), Objects(change.After, after, before));
        if (ReferenceEquals(had, has)) return new ObjectChanges(0, 0, []);
        if (had.Count == 0) return new ObjectChanges(has.Count, 0, []);

        var left = had.ToDictionary(item => item.Identity, item => item.Digest);
        var (added, changed) = (0, 0);
        foreach (var item in has)
        {
            if (!left.Remove(item.Identity, out var digest)) added++;
            else if (digest != item.Digest) changed++;
        }

        return new ObjectChanges(added, changed, [.. left.Keys.Select(identity => identity.ToString()).Order(StringComparer.Ordinal)]);
    }

    private static IReadOnlyList<ManifestObject> Objects(PlacementState? placement, FleetSnapshot first, FleetSnapshot second) =>
        first.ObjectsOf(placement) is { Count: > 0 } objects ? objects : second.ObjectsOf(placement);
}
