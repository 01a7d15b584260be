using FsCheck;
using FsCheck.Fluent;
using Promises.Model;
using Promises.Scheduling;
using Promises.Selectors;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Scheduling;

/// <summary>
/// Fleets that are small and quarrelsome: few labels, objects and capabilities for many Promises, so that most clusters have collisions, blocked
/// parents, retained and held placements. Rows come from planning earlier states of the fleet, as in life. Half of them have no composites, a quarter
/// only composites without objects, and in the last quarter composites may get in the way of their own members.
/// </summary>
internal sealed record GeneratedFleet(int Seed)
{
    private static readonly string[] s_promises = ["a", "b", "c", "d", "e", "f", "g", "h"];
    private static readonly string[] s_objects = ["x", "y", "z", "u", "v"];
    private static readonly string[] s_capabilities = ["ingress", "mesh", "ingress!", "mesh!"];

    public static Arbitrary<GeneratedFleet> Arbitrary { get; } = Gen.Choose(0, int.MaxValue - 1).Select(seed => new GeneratedFleet(seed)).ToArbitrary();

    /// <summary>A fleet with a past, and whatever changed since its rows were decided.</summary>
    public FleetSnapshot Create()
    {
        var random = new Random(Seed);
        var fleet = Fleet();
        for (var i = random.Next(1, 6); i > 0; i--) fleet = fleet.WithCluster(RandomCluster(random, $"c{i}"));
        var numbers = s_promises.ToDictionary(name => name, _ => 0);
        for (var generation = random.Next(1, 4); generation > 0; generation--)
        {
            fleet = Change(random, fleet, numbers);
            fleet = fleet.Decided(random.Next(4) == 0 ? PlanMode.Resync : PlanMode.Deliberate);
        }

        return Change(random, fleet, numbers);
    }

    /// <summary>One more change, to compare the fleet before with the fleet after it.</summary>
    public FleetSnapshot ChangeOnce(FleetSnapshot fleet)
    {
        var random = new Random(Seed ^ 0x5eed);
        return Step(random, fleet, s_promises.ToDictionary(name => name, name => fleet.RevisionsOf(name).Select(r => r.Number).DefaultIfEmpty().Max()));
    }

    private FleetSnapshot Change(Random random, FleetSnapshot fleet, Dictionary<string, int> numbers)
    {
        for (var steps = random.Next(1, 12); steps > 0; steps--) fleet = Step(random, fleet, numbers);
        return fleet;
    }

    private FleetSnapshot Step(Random random, FleetSnapshot fleet, Dictionary<string, int> numbers)
    {
        var cluster = fleet.Clusters.ElementAt(random.Next(fleet.ClusterCount));
        var promise = s_promises[random.Next(s_promises.Length)];
        switch (random.Next(12))
        {
            case 0:
                return fleet.WithCluster(RandomCluster(random, cluster.Name) with { Environment = cluster.Environment });
            case 1:
                return fleet.WithCluster(cluster with { Cordoned = !cluster.Cordoned });
            case 2:
                // Promotion of whatever is pinned below.
                return fleet.PinsOf("ops").TryGetValue(promise, out var pinned) ? fleet.WithPin("apps", promise, pinned) : fleet;
            case 3 when random.Next(6) == 0:
                // Deleted and withdrawn are one change: the server plans both at once.
                return fleet.WithoutPromise(promise).Decided();
            case 4 when numbers[promise] > 0 && fleet.FindRevision(promise, random.Next(1, numbers[promise] + 1)) is { } earlier:
                return fleet.WithPin("ops", promise, earlier.Number);
            default:
                return fleet.Publish(RandomRevision(random, promise, ++numbers[promise]));
        }
    }

    private static ClusterState RandomCluster(Random random, string name) => Cluster(
        name, string.Join(',', new[] { "team=A", "team=B", "tier=gold", "edge=1" }.Where(_ => random.Next(2) == 0).GroupBy(label => label[..4]).Select(group => group.First())),
        random.Next(3) == 0 ? "apps" : "ops", random.Next(8) == 0, random.Next(5) == 0 ? "dedicated=ml" : "", random.Next(5) == 0);

    private RevisionState RandomRevision(Random random, string promise, int number)
    {
        var at = Array.IndexOf(s_promises, promise);
        PlacementRule rule = random.Next(8) switch
        {
            0 => Everywhere(),
            1 => OnlyIncluded(),
            2 => Where("", new Requirement("edge", SelectorOperator.DoesNotExist, [])),
            3 => Where("", new Requirement("tier", SelectorOperator.Exists, [])),
            4 => Where("", new Requirement("team", SelectorOperator.In, ["A", "B"]), new Requirement("tier", SelectorOperator.NotIn, ["gold"])),
            5 => Where("team=B"),
            _ => Where("team=A"),
        };
        if (random.Next(3) == 0) rule = rule.Withdrawing();
        if (random.Next(3) == 0) rule = rule.Tolerating(new Toleration("dedicated", true, null));
        // Parents come before members and what is required comes later, so nothing goes in circles; but the two mix.
        var later = s_promises[(at + 1)..];
        var includes = Seed % 2 == 0 ? "" : Some(random, later, 2, name => random.Next(4) == 0 ? $"{name} <2.0.0" : name, 3);
        var bare = Seed % 4 == 1 && includes.Length > 0;
        return Revision(
            promise, rule, number, random.Next(4) == 0 ? null : $"{random.Next(1, 3)}.{number}.0",
            bare ? "" : Some(random, s_objects, 3, name => random.Next(3) == 0 ? name + "*" : name),
            includes,
            Some(random, later, 1, name => random.Next(4) == 0 ? $"{name} >=2.0.0" : name, 3),
            bare ? "" : Some(random, s_capabilities, 1, name => name, 3));
    }

    private static string Some(Random random, string[] from, int atMost, Func<string, string> write, int oneIn = 1) => random.Next(oneIn) != 0
        ? ""
        : string.Join(',', from.OrderBy(_ => random.Next()).Take(random.Next(atMost + 1)).ToList().Select(write));
}
