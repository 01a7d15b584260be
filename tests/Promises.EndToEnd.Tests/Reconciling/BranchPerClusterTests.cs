using System.Diagnostics;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What the reconciler does with a store that has a branch per cluster; what holds for any store is in <see cref="StateStoreReconcilerTests"/>.</summary>
public sealed class BranchPerClusterTests(TestPostgres postgres)
{
    [Fact]
    public async Task Each_cluster_has_a_branch_of_its_own_and_only_those_meant_move()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        var registered = await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        await fleet.PublishAsync("redis", 1, "a");
        var heads = fleet.Heads("c1", "c2", "c3");

        var placed = await fleet.PlaceAsync("redis", 1, "c1", "c3");
        await fleet.TouchAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Files("fleet/c1").ShouldAllBe(file => file.StartsWith("base/clusters/c1/", StringComparison.Ordinal));
        fleet.Repo.Files("fleet/c1").Length.ShouldBe(4);
        fleet.Repo.Files("fleet/c2").Length.ShouldBe(2);
        fleet.Repo.Head().ShouldBeNull();
        fleet.Heads("c1", "c2", "c3").Zip(heads).Select(pair => pair.First == pair.Second).ShouldBe([false, true, false]);
        fleet.Repo.Message("fleet/c3").ShouldBe(
            $"1 placements on 1 clusters: redis added at 1\n\nc3: redis added at 1\n\nPromises-Placement: redis.c3@1\nPromises-Change: {placed}\nPromises-Requested-By: ci\n"
            + $"Promises-Store: fleet\nPromises-Epoch: {fleet.Lease.Epoch}\nPromises-Version: {placed + 1}\n\n");
        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c1"));
        (await fleet.PlacementAsync("redis", "c3"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c3"));
        (await fleet.CommitsAsync(placed)).Select(row => (row.Branch, row.Commit, row.Settled)).ShouldBe(
            [("fleet/c1", fleet.Repo.Head("fleet/c1"), true), ("fleet/c3", fleet.Repo.Head("fleet/c3"), true)]);
        (await fleet.CommitsAsync(registered)).Select(row => row.Commit).ShouldBe(heads);
        (await fleet.ChangesAsync()).ShouldAllBe(change => change.Settled);
        (await fleet.ChangesAsync()).Single(change => change.Change == placed).Commit.ShouldBe(fleet.Repo.Head("fleet/c1"));
        var status = await fleet.StatusAsync();
        (status.Ready, status.PendingClusters).ShouldBe(("True", 0));
        fleet.Heads("c1", "c3").ShouldContain(status.LastCommit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Three_hundred_clusters_are_one_push(bool overHttp)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp);
        var clusters = Enumerable.Range(0, 300).Select(i => $"c{i:000}").ToArray();
        var pushes = 0;
        if (overHttp) fleet.Server!.BeforePush = () => pushes++;
        await fleet.RegisterAsync(clusters);
        await fleet.SyncAsync();
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, clusters);
        var started = Stopwatch.GetTimestamp();
        await fleet.SyncAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"300 branches: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");

        Branches(fleet).Length.ShouldBe(300);
        fleet.Repo.Files("fleet/c123").Length.ShouldBe(5);
        fleet.Repo.Commits("fleet/c299").ShouldBe(2);
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
        if (overHttp) pushes.ShouldBe(2);
    }

    [Fact]
    public async Task A_cluster_that_leaves_takes_its_files_and_leaves_the_branch_to_others()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
        await fleet.SyncAsync();
        fleet.Repo.Commit("fleet/c2", "theirs", ("their.txt", "x"));

        await fleet.OffBoardAsync("c1");
        await fleet.OffBoardAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Files("fleet/c1").ShouldBeEmpty();
        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
        fleet.Repo.Message("fleet/c1").ShouldStartWith("1 placements on 1 clusters: redis 1 removed, c1 off-boarded\n");
        fleet.Repo.Files("fleet/c2").ShouldBe(["their.txt"]);
        (await fleet.RowsAsync("clusters"), await fleet.RowsAsync("placements")).ShouldBe((1, 1));
        (await fleet.ChangesAsync()).ShouldAllBe(change => change.Settled);

        // The same name again begins on what is there.
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        fleet.Repo.Files("fleet/c1").Length.ShouldBe(2);
        fleet.Repo.Commits("fleet/c1").ShouldBe(3);
        fleet.Repo.Files("fleet/c2").Length.ShouldBe(3);
    }

    private static string[] Branches(DeliveryFleet fleet) => fleet.Repo.In("for-each-ref", "--format=%(refname)", "refs/heads").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
