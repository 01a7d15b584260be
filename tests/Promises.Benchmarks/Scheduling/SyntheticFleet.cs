using Promises.Manifests;
using Promises.Model;
using Promises.Scheduling;
using Promises.Selectors;

namespace Promises.Benchmarks.Scheduling;

/// <summary>
/// A fleet in which each Promise selects about one cluster in a hundred: by a label with a hundred values, beside one that all clusters share.
/// One Promise in ten requires another one, one in fifty is a composite, and a few define objects that another one defines too.
/// </summary>
internal static class SyntheticFleet
{
    private const int Slots = 100;

    public static FleetSnapshot Create(int clusters, int promises, int objects = 10)
    {
        EnvironmentState[] environments = [new("ops", 10, Audience.Internal), new("apps", 20, Audience.External)];
        var revisions = Enumerable.Range(0, promises).Select(i => Revision(i, promises, objects)).ToList();
        return FleetSnapshot.Create(
            1, environments, environments.SelectMany(rung => revisions.Select(revision => new PinState(rung.Name, revision.Promise, 1))),
            [new StoreState("default", Layout.Placements, null, "main", "")], Enumerable.Range(0, clusters).Select(Cluster), [], revisions, []);
    }

    public static string ClusterName(int i) => $"cluster-{i:000000}";

    public static ClusterState Cluster(int i) => new(
        ClusterName(i), i % 3 == 0 ? "ops" : "apps", "default", $"clusters/{ClusterName(i)}", Agent.Flux, "aws", "eu-west-1",
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["fleet"] = "main", ["slot"] = $"s{i % Slots}", ["team"] = $"t{i % 7}" }, false, [], false);

    public static RevisionState Revision(int i, int promises, int objects, int number = 1)
    {
        var name = Name(i);
        return new RevisionState(
            name, number, $"sha256:{name}-{number}", new NuGet.Versioning.SemanticVersion(1, number, 0),
            new PlacementRule(
                new LabelSelector(
                    new SortedDictionary<string, string>(StringComparer.Ordinal) { ["fleet"] = "main", ["slot"] = $"s{i % Slots}" },
                    [new Requirement("edge", SelectorOperator.DoesNotExist, [])]),
                false, false, [], OnUnmatch.Retain),
            i % 50 == 0 ? [Entry(i + Slots)] : [], i % 10 == 0 ? [Entry(i + (2 * Slots))] : [], [],
            [.. Enumerable.Range(0, objects).Select(n => Object(i % 97 == 0 && n == 0 ? "shared" : name, n, number))]);

        // Same slot, so that it is on the same clusters.
        PromiseReference Entry(int other) => new(Name(other < promises ? other : other % Slots), null);
    }

    private static string Name(int i) => $"promise-{i:00000}";

    private static ManifestObject Object(string owner, int n, int number) =>
        new(new ObjectIdentity("", "ConfigMap", owner, $"part-{n}"), $"50-configmap-{owner}-part-{n}-00000000.yaml", $"sha256:{owner}-{n}-{number}");
}
