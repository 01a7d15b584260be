using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>A placement that is withdrawn, or that stays and loses objects.</summary>
/// <param name="Placement"><c>promise.cluster</c>.</param>
/// <param name="Objects">Sorted by the ordinal of their text.</param>
public sealed record Removal(string Placement, IReadOnlyList<ObjectIdentity> Objects);

/// <summary>Changes of placements by kind.</summary>
public sealed record PlacementCounts(int Add, int Update, int Remove, int Retain, int Block);

/// <summary>Objects on clusters, told apart by identity; changed are those whose content differs.</summary>
public sealed record ObjectCounts(int Added, int Changed, int Removed);

/// <summary>The numbers of a plan, as the API shows them. A blocked newcomer that is dropped is counted and is no removal: nothing of it is on any cluster.</summary>
/// <param name="Clusters">How many clusters have a change.</param>
/// <param name="Environments">Theirs, in the order of the ladder.</param>
/// <param name="External">How many of the clusters are in external environments.</param>
/// <param name="Removals">Sorted by Promise, then cluster.</param>
public sealed record Impact(
    int Clusters,
    IReadOnlyList<string> Environments,
    int External,
    PlacementCounts Placements,
    ObjectCounts Objects,
    IReadOnlyList<Removal> Removals)
{
    public static Impact None { get; } = new(0, [], 0, new PlacementCounts(0, 0, 0, 0, 0), new ObjectCounts(0, 0, 0), []);

    /// <summary>Says exactly which removals were shown: equal digests mean equal removals.</summary>
    public string RemovalsDigest => Digests.Sha256(string.Join('\n', Removals.Select(removal => $"{removal.Placement}\t{string.Join('\t', removal.Objects)}")));

    /// <param name="before">The snapshot before the change: revisions and clusters that the change takes out are found there.</param>
    /// <param name="after">The snapshot that was planned.</param>
    public static Impact From(SchedulingResult result, FleetSnapshot before, FleetSnapshot after)
    {
        var changes = result.Changes;
        if (changes.Count == 0) return None;

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
            new PlacementCounts(Count(ChangeKind.Add), Count(ChangeKind.Update), Count(ChangeKind.Remove), Count(ChangeKind.Retain), Count(ChangeKind.Block)),
            new ObjectCounts(added, changed, removed), removals);

        int Count(ChangeKind kind) => changes.Count(change => change.Kind == kind);
    }

    /// <summary>In the form the API shows.</summary>
    public JsonObject ToJson() => new()
    {
        ["clusters"] = Clusters,
        ["environments"] = new JsonArray([.. Environments.Select(name => (JsonNode)name)]),
        ["external"] = External,
        ["placements"] = new JsonObject
        {
            ["Add"] = Placements.Add,
            ["Update"] = Placements.Update,
            ["Remove"] = Placements.Remove,
            ["Retain"] = Placements.Retain,
            ["Block"] = Placements.Block,
        },
        ["objects"] = new JsonObject { ["added"] = Objects.Added, ["changed"] = Objects.Changed, ["removed"] = Objects.Removed },
        ["removals"] = new JsonArray([.. Removals.Select(removal => (JsonNode)new JsonObject
        {
            ["placement"] = removal.Placement,
            ["objects"] = new JsonArray([.. removal.Objects.Select(identity => (JsonNode)identity.ToString())]),
        })]),
    };
}
