using Promises.Manifests;
using Promises.Model;
using Promises.Scheduling;

namespace Promises.Server.Features.Fleet;

/// <summary>Files that a change takes away.</summary>
/// <param name="Promise">Whose; null for those of the cluster itself, and without files for all it has.</param>
/// <param name="Files">What they are, as <see cref="FileIdentity"/> has it; null for all of that owner.</param>
internal sealed record Grant(string Cluster, string? Promise, IReadOnlyList<string>? Files);

/// <summary>
/// What an accepted change allows the writer to delete: exactly what was decided, worked out from the decision alone. What is on the branch by then may come from
/// earlier decisions, which left grants of their own.
/// </summary>
internal static class Grants
{
    /// <summary>A resync decides what nobody asked for, so it allows nothing.</summary>
    public static IReadOnlyList<Grant> Of(FleetEdit edit, FleetPlan plan)
    {
        if (edit.Resync) return [];

        var offBoarded = edit.Touched.Where(touched => touched is { Kind: "Cluster", Type: EventType.Deleted } && !edit.KeepingFiles.Contains(touched.Name))
            .Select(touched => touched.Name).ToHashSet(StringComparer.Ordinal);
        var grants = offBoarded.Select(cluster => new Grant(cluster, null, null)).ToList();

        // A change of thousands of placements is a handful of different ones.
        var known = new Dictionary<Move, IReadOnlyList<string>>();
        foreach (var change in plan.Changes.Where(change => !offBoarded.Contains(change.Cluster)))
        {
            if (change.After is null)
            {
                grants.Add(new Grant(change.Cluster, change.Promise, null));
                continue;
            }

            if (MoveOf(plan, change) is not { } move) continue;
            if (!known.TryGetValue(move, out var files)) known.Add(move, files = Lost(plan, move));
            if (files.Count > 0) grants.Add(new Grant(change.Cluster, change.Promise, files));
        }

        foreach (var cluster in edit.Resited)
        {
            if (SitesOf(plan, cluster) is var (before, after) && Own(before).Except(Own(after), StringComparer.Ordinal).ToList() is { Count: > 0 } files)
                grants.Add(new Grant(cluster, null, files));
        }

        return grants;
    }

    private static Move? MoveOf(FleetPlan plan, PlacementChange change) =>
        change.Before is { Delivers: true } before && SitesOf(plan, change.Cluster) is var (from, to)
            ? new Move(
                change.Promise, new Stand(before.Revision, from.Layout, from.Agent),
                change.After is { Delivers: true } after ? new Stand(after.Revision, to.Layout, to.Agent) : null)
            : null;

    /// <summary>Where a cluster is written before and after the change; null where it is new, or on another branch, since nothing is taken away there.</summary>
    private static (ClusterSite Before, ClusterSite After)? SitesOf(FleetPlan plan, string cluster) =>
        Sites.Of(plan.Before, cluster) is { } before && Sites.Of(plan.After, cluster) is { } after
            && (before.RepositoryUrl, before.Branch) == (after.RepositoryUrl, after.Branch)
            ? (before, after)
            : null;

    private static List<string> Lost(FleetPlan plan, Move move)
    {
        var kept = Files(plan, move.Promise, move.To);
        return [.. Files(plan, move.Promise, move.From).Where(file => !kept.Contains(file)).Order(StringComparer.Ordinal)];
    }

    private static HashSet<string> Files(FleetPlan plan, string promise, Stand? stand)
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        if (stand is not { } at || (plan.Before.FindRevision(promise, at.Revision) ?? plan.After.FindRevision(promise, at.Revision)) is not { } revision) return files;

        var layout = Layouts.For(at.Layout);
        foreach (var path in layout.Paths(promise, revision.Objects).Keys) files.Add(FileIdentity.Of(path));
        if (layout.ChildPath(promise, at.Agent, revision.Objects.Count > 0) is { } child) files.Add(FileIdentity.Of(child));
        return files;
    }

    private static IEnumerable<string> Own(ClusterSite site) => ClusterFiles.Render(site, foreignReadme: false).Select(file => FileIdentity.Of(file.Path));

    /// <summary>What the files of a placement depend on, but for the directory they are in.</summary>
    private readonly record struct Stand(int Revision, Layout Layout, Agent Agent);

    private readonly record struct Move(string Promise, Stand From, Stand? To);
}
