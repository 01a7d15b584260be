using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Benchmarks.Delivery;
using Promises.Benchmarks.Harness;
using Promises.Data;
using Promises.Scheduling;
using Promises.Server.Features.Fleet;

namespace Promises.Benchmarks.Fleet;

/// <summary>
/// A fleet in a database that nothing was written for: Promises come by the API, clusters are copies of one that came so, and the placements are what the scheduler
/// says, stored as decided and on the branch. Decided again it is found as it is.
/// </summary>
/// <param name="Slots">A cluster is in one of them.</param>
/// <param name="Width">So many slots next to each other are selected by a Promise.</param>
internal sealed record ScaleFleet(int Clusters, int Promises, int Slots, int Width)
{
    private const string Manifest = "sha256:bench";
    private const string Head = "0000000000000000000000000000000000000001";

    public long Placements => (long)Clusters * Promises * Width / Slots;

    public async Task<int> FillAsync(BenchDatabase database, BenchClient client)
    {
        await client.ApplyAsync(Enumerable.Range(0, Promises).Select(Promise));
        await client.ApplyAsync([BenchFleet.Cluster(0, "default", [])]);
        await database.SettledAsync();
        await database.RunAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            -- A version without events: who knows the fleet has to load it anew.
            UPDATE fleet SET version = version + 1;
            INSERT INTO clusters (name, uid, generation, resource_version, labels, annotations, created_at, environment, state_store, path, agent, provider, region,
                cordoned, taints, node_pools, strict_match_labels, leaving)
            SELECT copy.name, gen_random_uuid(), generation, resource_version, jsonb_build_object('slot', 's' || (n % {Slots})), annotations, created_at, environment, state_store,
                'clusters/' || copy.name, agent, provider, region, cordoned, taints, node_pools, strict_match_labels, leaving
            FROM clusters, generate_series(1, {Clusters}) n, LATERAL (SELECT 'cluster-' || lpad(n::text, 6, '0') AS name) copy;
            DELETE FROM cluster_delivery;
            DELETE FROM clusters WHERE name = '{BenchFleet.ClusterName(0)}';
            INSERT INTO file_manifests (digest, files) VALUES ('{Manifest}', '{'{'}"namespace.yaml": "{Head}"{'}'}');
            INSERT INTO cluster_delivery (cluster, state_store, wanted_version, written_version, files)
                SELECT name, state_store, version, version, '{'{'}"README.md": "{Head}"{'}'}' FROM clusters, fleet;
            """));
        var placements = await PlacementsAsync(database);
        await database.RunAsync("ANALYZE");
        return placements;
    }

    private static async Task<int> PlacementsAsync(BenchDatabase database)
    {
        var options = new DbContextOptionsBuilder<PromisesDb>();
        options.UsePromises(database.Source);
        await using var fleet = new PromisesDb(options.Options);
        var before = await SnapshotLoader.LoadAsync(fleet, await FleetLock.VersionAsync(fleet, CancellationToken.None), CancellationToken.None);
        var decided = Scheduler.Plan(before, Scope.Everything);
        var after = before.WithDecisions(decided);

        await using var connection = await database.Source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY placements (promise, cluster, environment, uid, created_at, resource_version, generation, revision, outcome, delivers, reason, message, included_by, depends_on,
                digest, scheduled_at, leaving, written_digest, written_revision, written_manifest, commit, written_at) FROM STDIN (FORMAT BINARY)
            """);
        foreach (var placement in decided.Changes.Select(change => change.After!))
        {
            var digest = DecisionWriter.WantedDigest(after, placement);
            var at = TimeProvider.System.GetUtcNow();
            await copy.WriteRowAsync(CancellationToken.None,
            [
                placement.Promise, placement.Cluster, after.FindCluster(placement.Cluster)!.Environment, Guid.CreateVersion7(at), at, after.Version, 1L, placement.Revision,
                placement.Outcome.ToString(), placement.Delivers, placement.Reason.ToString(), placement.Message, placement.IncludedBy.ToArray(), placement.DependsOn.ToArray(),
                digest!, at, false, digest!, placement.Revision, Manifest, Head, at,
            ]);
        }

        await copy.CompleteAsync();
        return decided.Changes.Count;
    }

    private JsonObject Promise(int number)
    {
        var slots = new JsonArray([.. Enumerable.Range(number, Width).Select(slot => (JsonNode?)JsonValue.Create($"s{slot % Slots}"))]);
        var selector = new JsonObject { ["matchExpressions"] = new JsonArray(new JsonObject { ["key"] = "slot", ["operator"] = "In", ["values"] = slots }) };
        return BenchFleet.Promise($"promise-{number:00000}", new JsonObject { ["clusterSelector"] = selector }, 10, 100, 1);
    }
}
