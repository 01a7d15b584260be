using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What is decided about a fleet, written as the deciding side writes it.</summary>
internal static class FleetDecisions
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    public static ObjectMeta Named(string name) => new(name, NoLabels, NoLabels);

    /// <summary>Of a row that a change makes.</summary>
    public static Stamp At(long change) => new(change, DateTimeOffset.UnixEpoch, Guid.NewGuid());

    public static Task<long> RegisterAsync(this DeliveryFleet fleet, params string[] names) => fleet.RegisterInAsync("ops", names);

    public static async Task<long> RegisterInAsync(this DeliveryFleet fleet, string environment, params string[] names) => await fleet.ChangeAsync(async (database, number) =>
    {
        if (!await database.Environments.AnyAsync(row => row.Name == environment, None))
            database.Add(Model.Environment.Create(Named(environment), new EnvironmentSpec(20, Audience.External), At(number)));
        foreach (var name in names)
        {
            database.Add(Cluster.Register(
                Named(name), new ClusterSpec(null, null, null, Agent.Flux, null, null, false, [], null, false), environment, "fleet", $"clusters/{name}", At(number)));
        }

        await database.SaveChangesAsync(None);
        return names;
    });

    /// <summary>As clusters could be registered before the length of their paths was limited.</summary>
    public static async Task MoveFarAsync(this DeliveryFleet fleet, string cluster, string basePath, string path)
    {
        await using var database = fleet.Open();
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET base_path = {basePath}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE clusters SET path = {path} WHERE name = {cluster}", None);
    }

    /// <summary>A new revision with one ConfigMap per name.</summary>
    public static async Task PublishAsync(this DeliveryFleet fleet, string promise, int number, params string[] maps)
    {
        await using var database = fleet.Open();
        var spec = new PromiseSpec(
            null, new PlacementRule(null, true, false, [], OnUnmatch.Retain), [], [], [],
            [.. maps.Select(map => (JsonObject)JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{map}}}","namespace":"x"},"data":{"revision":"{{{number}}}"}}""")!)], null);
        var content = PromiseContent.Write(spec);
        if (number == 1) database.Add(Promise.Create(Named(promise), At(1)));
        database.Add(new Revision(promise, number, CanonicalJson.Digest(content), null, content, "admin", At(1)));
        await database.SaveChangesAsync(None);
    }

    /// <summary>Decides that these clusters get a revision.</summary>
    public static Task<long> PlaceAsync(this DeliveryFleet fleet, string promise, int revision, params string[] clusters) => fleet.ChangeAsync(async (database, number) =>
    {
        var digest = await database.Revisions.Where(r => r.Promise == promise && r.Number == revision).Select(r => r.Digest).SingleAsync(None);
        await GrantLostAsync(fleet, database, number, promise, revision, clusters);
        var environments = await database.Clusters.Where(cluster => clusters.Contains(cluster.Name)).ToDictionaryAsync(cluster => cluster.Name, cluster => cluster.Environment, None);
        var of = clusters.Select(cluster => environments[cluster]).ToArray();
        var wanted = clusters.Select(cluster => Renderer.WantedDigest(digest, Site(fleet, cluster), promise, [], hasObjects: true)).ToArray();
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO placements AS p (promise, cluster, environment, revision, outcome, delivers, reason, message, included_by, depends_on, digest,
                uid, created_at, scheduled_at, resource_version, generation, leaving)
            SELECT {promise}, cluster, environment, {revision}, 'Placed', true, 'AllClusters', '', ARRAY[]::text[], ARRAY[]::text[], digest, gen_random_uuid(), now(), now(), {number}, 1, false
            FROM unnest({clusters}, {wanted}, {of}) AS row (cluster, digest, environment)
            ON CONFLICT (promise, cluster) DO UPDATE SET revision = excluded.revision, digest = excluded.digest, leaving = false, stalled_reason = NULL
            """, None);
        return clusters;
    });

    public static Task<long> WithdrawAsync(this DeliveryFleet fleet, string promise, params string[] clusters) => fleet.ChangeAsync(async (database, number) =>
    {
        foreach (var cluster in clusters) await GrantAsync(database, number, cluster, promise, null);
        await database.Database.ExecuteSqlAsync($"UPDATE placements SET leaving = true, digest = NULL WHERE promise = {promise} AND cluster = ANY({clusters})", None);
        return clusters;
    });

    public static Task<long> OffBoardAsync(this DeliveryFleet fleet, string cluster) => fleet.ChangeAsync(async (database, number) =>
    {
        await GrantAsync(database, number, cluster, null, null);
        await database.Database.ExecuteSqlAsync($"UPDATE placements SET leaving = true, digest = NULL WHERE cluster = {cluster}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE clusters SET leaving = true WHERE name = {cluster}", None);
        return [cluster];
    });

    /// <summary>Something that concerns the store and changes nothing in it.</summary>
    public static Task<long> TouchAsync(this DeliveryFleet fleet, params string[] clusters) => fleet.ChangeAsync((_, _) => Task.FromResult(clusters));

    public static async Task SetModeAsync(this DeliveryFleet fleet, DeliveryMode mode)
    {
        await using var database = fleet.Open();
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET mode = {mode.ToString()}", None);
    }

    public static async Task EditStoreAsync(this DeliveryFleet fleet)
    {
        await using var database = fleet.Open();
        var number = await FleetLock.VersionAsync(database, None);
        await database.Database.ExecuteSqlAsync($"UPDATE changes SET at = now() WHERE number = {number}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET resource_version = {number}", None);
    }

    /// <summary>A change of its own, as the API makes it.</summary>
    public static Task DecideAsync(this DeliveryFleet fleet, Hold hold, HoldPhase phase) => fleet.ChangeAsync(async (database, number) =>
    {
        (await database.Holds.SingleAsync(row => row.Number == hold.Number, None)).Decide(phase, "jane", "because", At(number));
        await database.SaveChangesAsync(None);
        if (phase == HoldPhase.Released && hold.BranchVersion is { } version) await database.Database.ExecuteSqlAsync($"UPDATE fleet SET version = greatest(version, {version})", None);
        return [];
    }, concerns: phase == HoldPhase.Released || hold.Reason == HoldReason.UnconfirmedRemoval);

    /// <summary>Allows what a placement loses between the revision that was decided and another.</summary>
    private static async Task GrantLostAsync(DeliveryFleet fleet, PromisesDb database, long number, string promise, int revision, string[] clusters)
    {
        var layout = Layouts.For(fleet.Store.Layout);
        foreach (var before in await database.Placements.AsNoTracking().Where(p => p.Promise == promise && clusters.Contains(p.Cluster)).ToListAsync(None))
        {
            var lost = (await FilesAsync(before.Revision)).Except(await FilesAsync(revision)).ToArray();
            if (lost.Length > 0) await GrantAsync(database, number, before.Cluster, promise, lost);
        }

        async Task<IEnumerable<string>> FilesAsync(int wanted)
        {
            var content = await database.Revisions.Where(r => r.Promise == promise && r.Number == wanted).Select(r => r.Content).SingleAsync(None);
            return layout.Paths(promise, [.. PromiseContent.Read(content).Dependencies.Select(ManifestObject.From)]).Keys.Select(FileIdentity.Of);
        }
    }

    private static Task GrantAsync(PromisesDb database, long number, string cluster, string? promise, string[]? files) => database.Database.ExecuteSqlAsync(
        $"INSERT INTO removal_grants (change, state_store, cluster, promise, files) VALUES ({number}, 'fleet', {cluster}, {promise}, {files})", None);

    private static ClusterSite Site(DeliveryFleet fleet, string cluster) =>
        new(cluster, "ops", "fleet", $"base/clusters/{cluster}", Agent.Flux, fleet.Store.Layout, fleet.Store.Url, fleet.Store.BranchOf(cluster));

    /// <param name="concerns">Whether the store has something to write because of it.</param>
    private static async Task<long> ChangeAsync(this DeliveryFleet fleet, Func<PromisesDb, long, Task<string[]>> decide, bool concerns = true)
    {
        await using var database = fleet.Open();
        await using var transaction = await database.Database.BeginTransactionAsync(None);
        var number = await FleetLock.TakeAsync(database, None);
        var dirty = await decide(database, number);
        database.Add(new Change(number, DateTimeOffset.UnixEpoch, number % 2 == 0 ? "ci" : "admin", "PUT", "/", "", "{}"));
        if (concerns) database.Add(new ChangeStore(number, "fleet"));
        await database.SaveChangesAsync(None);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cluster_delivery (cluster, state_store, wanted_version, written_version)
            SELECT cluster, 'fleet', {number}, 0 FROM unnest({dirty}) AS row (cluster)
            ON CONFLICT (cluster) DO UPDATE SET wanted_version = excluded.wanted_version
            """, None);
        if (fleet.Store.IsBranchPerCluster)
        {
            foreach (var cluster in dirty) database.Add(new ChangeBranch(number, "fleet", cluster, fleet.Store.BranchOf(cluster)));
            await database.SaveChangesAsync(None);
        }

        await transaction.CommitAsync(None);
        return number;
    }
}
