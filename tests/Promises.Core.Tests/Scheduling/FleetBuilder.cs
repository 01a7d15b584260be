using Promises.Manifests;
using Promises.Model;
using Promises.Scheduling;
using Promises.Selectors;
using VersionRange = Promises.Model.VersionRange;

namespace Promises.Core.Tests.Scheduling;

/// <summary>Small fleets in few words. Environments are ops (internal) and apps (external) unless told otherwise.</summary>
internal static class FleetBuilder
{
    public static FleetSnapshot Fleet() => FleetSnapshot.Empty
        .WithEnvironment(new EnvironmentState("ops", 10, Audience.Internal))
        .WithEnvironment(new EnvironmentState("apps", 20, Audience.External))
        .WithStore(new StoreState("default", Layout.Placements, null, "main", ""));

    public static ClusterState Cluster(string name, string labels = "", string environment = "ops", bool cordoned = false, string taints = "", bool strict = false) => new(
        name, environment, "default", $"clusters/{name}", Agent.Flux, "aws", "eu-west-1", Labels(labels), cordoned,
        [.. Labels(taints).Select(taint => new Taint(taint.Key, taint.Value))], strict);

    public static FleetSnapshot With(this FleetSnapshot fleet, params ClusterState[] clusters) => clusters.Aggregate(fleet, (f, cluster) => f.WithCluster(cluster));

    /// <summary>Adds revisions and pins each in ops, as publishing does: the last one stays pinned.</summary>
    public static FleetSnapshot Publish(this FleetSnapshot fleet, params RevisionState[] revisions) =>
        revisions.Aggregate(fleet, (f, revision) => f.WithRevision(revision).WithPin("ops", revision.Promise, revision.Number));

    /// <summary>Plans everything and takes the decisions over.</summary>
    public static FleetSnapshot Decided(this FleetSnapshot fleet, PlanMode mode = PlanMode.Deliberate) => fleet.WithDecisions(Scheduler.Plan(fleet, Scope.Everything, mode));

    public static SchedulingResult Plan(this FleetSnapshot fleet, PlanMode mode = PlanMode.Deliberate) => Scheduler.Plan(fleet, Scope.Everything, mode);

    public static PlacementState On(this FleetSnapshot fleet, string promise, string cluster) =>
        fleet.FindPlacement(promise, cluster) ?? throw new InvalidOperationException($"{promise} is not on {cluster}.");

    public static Verdict Explain(this FleetSnapshot fleet, string promise, string cluster) => Explainer.Explain(fleet, promise, cluster).Items.Single();

    public static IReadOnlyDictionary<string, string> Labels(string text) => new SortedDictionary<string, string>(
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : ""),
        StringComparer.Ordinal);

    public static LabelSelector Selector(string labels, params Requirement[] expressions) => new(Labels(labels), expressions);

    public static PlacementRule Where(string labels, params Requirement[] expressions) => new(Selector(labels, expressions), false, false, [], OnUnmatch.Retain);

    public static PlacementRule Everywhere() => new(null, true, false, [], OnUnmatch.Retain);

    public static PlacementRule OnlyIncluded() => new(null, false, true, [], OnUnmatch.Retain);

    public static PlacementRule Withdrawing(this PlacementRule rule) => rule with { OnUnmatch = OnUnmatch.Withdraw };

    public static PlacementRule Tolerating(this PlacementRule rule, params Toleration[] tolerations) => rule with { Tolerations = tolerations };

    /// <param name="objects">Names of ConfigMaps; <c>name*</c> for other content of the same object.</param>
    public static RevisionState Revision(
        string promise, PlacementRule rule, int number = 1, string? version = null, string objects = "", string includes = "", string requires = "", string provides = "")
    {
        NuGet.Versioning.SemanticVersion? parsed = null;
        if (version is not null && !Versions.TryParse(version, out parsed)) throw new ArgumentException(version);
        return new RevisionState(
            promise, number, $"sha256:{promise}{number}", parsed, rule, References(includes), References(requires),
            [.. Split(provides).Select(name => new Capability(name.TrimEnd('!'), name.EndsWith('!')))],
            [.. Split(objects).Select(name => Object(name.TrimEnd('*'), name))]);
    }

    public static ManifestObject Object(string name, string content) => new(new ObjectIdentity("", "ConfigMap", "default", name), $"50-configmap-default-{name}.yaml", content);

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static IReadOnlyList<PromiseReference> References(string text) =>
        [.. Split(text).Select(entry => entry.Split(' ', 2)).Select(parts => new PromiseReference(parts[0], parts.Length == 1 ? null : Range(parts[1])))];

    private static VersionRange Range(string text) => VersionRange.TryParse(text, out var range, out var remedy) ? range : throw new ArgumentException(remedy);
}
