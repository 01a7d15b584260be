using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class StateStoreReconcilerTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_registered_cluster_gets_its_files_and_a_placement_follows()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        var registered = await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(["base/clusters/c1/README.md", "base/clusters/c1/flux/promises-cluster.yaml"]);
        fleet.Repo.Message().ShouldBe($"0 placements on 1 clusters: c1 registered\n\nc1: registered\n\nPromises-Change: {registered}\nPromises-Requested-By: admin\nPromises-Store: fleet\nPromises-Epoch: 1\nPromises-Version: {registered}\n\n");
        fleet.Repo.In("log", "-1", "--format=%an <%ae>|%cn").ShouldBe("Jane <jane@example.com>|Jane\n");

        await fleet.PublishAsync("redis", 1, "a", "b");
        var placed = await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();

        fleet.Repo.Files().Length.ShouldBe(5);
        fleet.Repo.Files().ShouldContain("base/clusters/c1/flux/redis.yaml");
        fleet.Repo.Message().ShouldBe(
            $"1 placements on 1 clusters: redis added at 1\n\nc1: redis added at 1\n\nPromises-Placement: redis.c1@1\nPromises-Change: {placed}\nPromises-Requested-By: ci\nPromises-Store: fleet\nPromises-Epoch: 1\nPromises-Version: {placed}\n\n");
        var placement = (await fleet.PlacementAsync("redis", "c1"))!;
        placement.WrittenDigest.ShouldBe(placement.Digest);
        placement.Commit.ShouldBe(fleet.Repo.Head());
        (await fleet.ChangesAsync()).ShouldAllBe(change => change.Settled && change.Commit != null);
        var status = await fleet.StatusAsync();
        status.ShouldSatisfyAllConditions(
            () => status.PendingClusters.ShouldBe(0), () => status.LastCommit.ShouldBe(fleet.Repo.Head()), () => status.Ready.ShouldBe("True"));
    }

    [Fact]
    public async Task The_trailers_are_read_by_git_itself()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a");

        var trailers = fleet.Repo.In("log", "-1", "--format=%(trailers:only)").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        trailers.ShouldBe(
        [
            "Promises-Placement: redis.c1@1", "Promises-Placement: redis.c2@1", "Promises-Change: 1", "Promises-Change: 2",
            "Promises-Requested-By: admin", "Promises-Requested-By: ci", "Promises-Store: fleet", "Promises-Epoch: 1", "Promises-Version: 2",
        ]);
        fleet.Repo.Message().ShouldStartWith("2 placements on 2 clusters: redis added at 1, c1 registered, c2 registered\n");
    }

    [Fact]
    public async Task Changes_that_came_meanwhile_are_one_commit_and_nothing_to_do_is_none()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PublishAsync("redis", 2, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.SyncAsync();
        fleet.Repo.Commits().ShouldBe(1);
        (await fleet.ChangesAsync()).Select(change => change.Commit).Distinct().ShouldBe([fleet.Repo.Head()]);

        await fleet.TouchAsync("c1");
        await fleet.SyncAsync();
        await fleet.SyncAsync();

        fleet.Repo.Commits().ShouldBe(1);
        var last = (await fleet.ChangesAsync())[^1];
        (last.Settled, last.Commit).ShouldBe((true, null));
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
    }

    [Fact]
    public async Task An_update_says_from_where_to_where_and_a_lost_object_is_deleted()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PublishAsync("redis", 2, "a", "c");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.SyncAsync();

        fleet.Repo.Message().ShouldStartWith("1 placements on 1 clusters: redis 1 -> 2\n\nc1: redis 1 -> 2\n");
        fleet.Repo.Files().Where(file => file.Contains("/placements/", StringComparison.Ordinal)).Count().ShouldBe(2);
        fleet.Repo.In("diff", "--name-status", "main~1", "main").ShouldNotContain("flux/redis.yaml");
    }

    [Fact]
    public async Task A_withdrawn_placement_is_gone_with_its_files_and_the_cluster_stays()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(["base/clusters/c1/README.md", "base/clusters/c1/flux/promises-cluster.yaml"]);
        fleet.Repo.Message().ShouldStartWith("1 placements on 1 clusters: redis 1 removed\n");
        (await fleet.PlacementAsync("redis", "c1")).ShouldBeNull();
    }

    [Fact]
    public async Task A_leaving_cluster_and_a_leaving_promise_end_with_their_files()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
        await using (var database = fleet.Open())
        {
            database.Add(new Model.Pin("ops", "redis", 1));
            var promise = await database.Promises.FindAsync(["redis"], None);
            promise!.Leave(new Model.Stamp(9, DateTimeOffset.UnixEpoch, Guid.Empty));
            await database.SaveChangesAsync(None);
        }

        await fleet.OffBoardAsync("c1");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldAllBe(file => file.StartsWith("base/clusters/c2/", StringComparison.Ordinal));
        fleet.Repo.Message().ShouldStartWith("1 placements on 1 clusters: redis 1 removed, c1 off-boarded\n");
        (await fleet.RowsAsync("clusters"), await fleet.RowsAsync("promises"), await fleet.RowsAsync("pins"), await fleet.RowsAsync("placements")).ShouldBe((1, 0, 0, 0));
    }

    [Fact]
    public async Task A_revision_that_cannot_be_rendered_stalls_its_placements_alone()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PublishAsync("etcd", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.PlaceAsync("etcd", 1, "c1");
        await using (var database = fleet.Open()) await database.Database.ExecuteSqlAsync($"UPDATE revisions SET content = 'no json' WHERE promise = 'redis'", None);

        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBe("RenderFailed");
        (await fleet.PlacementAsync("etcd", "c1"))!.WrittenDigest.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_thousand_clusters_of_one_store_are_one_commit()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        var clusters = Enumerable.Range(0, 1000).Select(i => $"c{i:0000}").ToArray();
        await fleet.RegisterAsync(clusters);
        await fleet.SyncAsync();
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, clusters);
        var started = Stopwatch.GetTimestamp();
        await fleet.SyncAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"1,000 placements: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");

        fleet.Repo.Commits().ShouldBe(2);
        fleet.Repo.Message().ShouldStartWith("1000 placements on 1000 clusters: redis added at 1\n");
        fleet.Repo.In("log", "-1", "--format=%(trailers:only)").Split('\n').Count(line => line.StartsWith("Promises-Placement:", StringComparison.Ordinal)).ShouldBe(50);
        fleet.Repo.Files().Length.ShouldBe(5000);
    }

    [Fact]
    public async Task Layout_kratix_is_written_and_a_store_that_moves_is_written_anew()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, layout: Model.Layout.Kratix);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
        fleet.Repo.Files().ShouldContain("base/clusters/c1/dependencies/redis/5058f/static/redis-dependencies.yaml");
        var files = fleet.Repo.Files();

        var other = await fleet.MoveAsync("other");
        other.Commit("main", "theirs", ("base/clusters/c1/README.md", "Their words."));
        await fleet.TouchAsync("c1");
        await fleet.SyncAsync();

        other.Show("base/clusters/c1/README.md").ShouldBe("Their words.");
        files.ShouldBeSubsetOf(other.Files());
        other.Message().ShouldStartWith("1 placements on 1 clusters: redis added at 1, c1 registered");
    }
}
