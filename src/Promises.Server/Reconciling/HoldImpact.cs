using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Server.Reconciling;

/// <summary>What would happen if a hold were released, in the shape of every impact. Read from what the batch does, since no change stands behind it.</summary>
internal static class HoldImpact
{
    /// <summary>So many placements are listed with what they would lose; the numbers count all.</summary>
    private const int Listed = 500;

    /// <returns>The impact, and whether clusters of external environments are concerned.</returns>
    public static async Task<(JsonObject Impact, bool External)> OfAsync(
        IDbContextFactory<PromisesDb> databases, StoreWork work, DeliveryPlan plan, HoldCase found, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        var losers = found.Losses.GroupBy(loss => (loss.Cluster, loss.Promise)).OrderBy(group => group.Key.Promise, StringComparer.Ordinal).ThenBy(group => group.Key.Cluster, StringComparer.Ordinal).ToList();

        // What nobody confirmed is all that a decision about removals is about; the rest of the batch is decided.
        var whole = found.Reason != HoldReason.UnconfirmedRemoval;
        List<ClusterNote> notes = whole ? [.. plan.Notes] : [];
        var clusters = notes.Select(note => note.Cluster).Union(losers.Select(loser => loser.Key.Cluster), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var environments = work.Clusters.Where(cluster => clusters.Contains(cluster.Cluster.Name)).CountBy(cluster => cluster.Cluster.Environment).ToDictionary(StringComparer.Ordinal);
        var rungs = (await database.Environments.OrderBy(rung => rung.Position).ThenBy(rung => rung.Name).ToListAsync(cancellationToken)).Where(rung => environments.ContainsKey(rung.Name)).ToList();
        var external = rungs.Where(rung => rung.Audience == Audience.External).Sum(rung => environments[rung.Name]);

        var gone = plan.Branches.SelectMany(branch => branch.Record.Placements).Where(placement => placement.Gone).Select(placement => (placement.Cluster, (string?)placement.Promise)).ToHashSet();
        var moved = notes.SelectMany(note => note.Placements.Select(placement => (note.Cluster, Placement: placement))).ToList();
        var owners = moved.Select(note => (note.Cluster, (string?)note.Placement.Promise)).ToHashSet();
        var lost = losers.Where(loser => loser.Key.Promise is not null && !owners.Contains(loser.Key)).ToList();
        var objects = await ObjectsAsync(database, work, losers.Select(loser => loser.Key), cancellationToken);
        var removals = losers.Select(loser => (loser.Key, Objects: Named(loser, objects), Files: loser.Select(loss => loss.Path).Order(StringComparer.Ordinal))).ToList();

        var impact = new Impact(
            clusters.Count, [.. rungs.Select(rung => rung.Name)], external,
            new PlacementCounts(
                moved.Count(note => note.Placement is { From: null, To: not null }),
                moved.Count(note => note.Placement is { From: not null, To: not null }) + lost.Count(loser => !IsGone(loser.Key)),
                moved.Count(note => note.Placement.To is null) + lost.Count(loser => IsGone(loser.Key)), 0, 0),
            whole ? Written(work, plan, removals.Sum(removal => removal.Objects.Count)) : new ObjectCounts(0, 0, removals.Sum(removal => removal.Objects.Count)), []).ToJson();
        impact["removals"] = new JsonArray([.. removals.Take(Listed).Select(removal => (JsonNode)new JsonObject
        {
            ["placement"] = removal.Key.Promise is null ? null : $"{removal.Key.Promise}.{removal.Key.Cluster}",
            ["objects"] = new JsonArray([.. removal.Objects.Select(name => (JsonNode)name)]),
            ["files"] = new JsonArray([.. removal.Files.Select(path => (JsonNode)path)]),
        })]);
        if (removals.Count > Listed) impact["truncated"] = true;
        return (impact, external > 0);

        bool IsGone((string Cluster, string? Promise) owner) => gone.Contains(owner) || found.Reason == HoldReason.RestoredDatabase;
    }

    /// <summary>Files of objects that come or change. In a layout that puts all objects of a Promise into one file, that counts once.</summary>
    private static ObjectCounts Written(StoreWork work, DeliveryPlan plan, int removed)
    {
        var (added, changed) = (0, 0);
        foreach (var (branch, files) in work.Branches.Join(plan.Branches, branch => branch.Name, found => found.Branch, (branch, found) => (branch, found.Files)))
        {
            var known = branch.Clusters.SelectMany(cluster => cluster.Placements.SelectMany(placement => OwnedFiles.Written(work, cluster, placement).Keys)).ToHashSet(StringComparer.Ordinal);
            var written = files.Where(file => file.Content is not null && branch.HolderOf(file.Path) is { } cluster
                && cluster.Beneath(file.Path).Split('/') is ["placements", not "promises-cluster", ..] or ["dependencies", _, _, ..]).ToList();
            var there = written.Count(file => known.Contains(file.Path));
            (added, changed) = (added + written.Count - there, changed + there);
        }

        return new ObjectCounts(added, changed, removed);
    }

    private static List<string> Named(IGrouping<(string Cluster, string? Promise), FileLoss> loser, Dictionary<(string, string), ILookup<string, string>> objects) =>
        loser.Key.Promise is not null && objects.TryGetValue((loser.Key.Cluster, loser.Key.Promise), out var names)
            ? [.. loser.SelectMany(loss => names[loss.Identity]).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The objects behind the files of some placements, where the revision that is on the branch tells them.</summary>
    private static async Task<Dictionary<(string Cluster, string Promise), ILookup<string, string>>> ObjectsAsync(
        PromisesDb database, StoreWork work, IEnumerable<(string Cluster, string? Promise)> owners, CancellationToken cancellationToken)
    {
        var wanted = owners.Where(owner => owner.Promise is not null).ToHashSet();
        var placements = work.Clusters.SelectMany(cluster => cluster.Placements).Where(placement => placement.WrittenRevision is not null && wanted.Contains((placement.Cluster, placement.Promise))).ToList();
        var known = new Dictionary<(string, int), ILookup<string, string>>();
        var objects = new Dictionary<(string, string), ILookup<string, string>>();
        foreach (var placement in placements)
        {
            var key = (placement.Promise, placement.WrittenRevision!.Value);
            if (!known.TryGetValue(key, out var names))
            {
                var content = await database.Revisions.Where(revision => revision.Promise == key.Promise && revision.Number == key.Value).Select(revision => revision.Content).SingleOrDefaultAsync(cancellationToken);
                known.Add(key, names = Identities(placement.Promise, content));
            }

            objects[(placement.Cluster, placement.Promise)] = names;
        }

        return objects;
    }

    /// <summary>Which objects are in which file, in either layout.</summary>
    private static ILookup<string, string> Identities(string promise, string? content)
    {
        try
        {
            var objects = content is null ? [] : PromiseContent.Read(content).Dependencies.Select(ManifestObject.From).ToList();
            return objects.SelectMany(item => Enum.GetValues<Layout>().SelectMany(layout => Layouts.For(layout).Paths(promise, [item]).Keys)
                .Select(path => (File: FileIdentity.Of(path), Name: item.Identity.ToString()))).ToLookup(pair => pair.File, pair => pair.Name, StringComparer.Ordinal);
        }
#pragma warning disable CA1031 // Damaged content is a reason to be here; the files are listed all the same.
        catch (Exception)
        {
            return Array.Empty<string>().ToLookup(_ => "");
        }
#pragma warning restore CA1031
    }
}
