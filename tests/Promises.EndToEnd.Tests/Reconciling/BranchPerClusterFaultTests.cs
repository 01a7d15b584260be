using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A branch that cannot be written is its own trouble; a host that cannot be reached is that of the store.</summary>
public sealed class BranchPerClusterFaultTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_branch_that_is_refused_waits_alone_until_something_changes()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        fleet.Repo.Hook("update", "[ $1 = refs/heads/fleet/c2 ] && echo 'frozen until Monday' && exit 1; exit 0");
        var placed = await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");

        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c1"));
        (await fleet.PlacementAsync("redis", "c3"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c3"));
        (await fleet.PlacementAsync("redis", "c2"))!.WrittenDigest.ShouldBeNull();
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason, status.PendingClusters).ShouldBe(("False", "WriteRejected", 1));
        status.Message.ShouldStartWith("Branch fleet/c2: ");
        status.Message.ShouldContain("frozen until Monday");
        status.NextTry.ShouldNotBeNull();
        (await fleet.ClusterAsync("c2"))!.Failures.ShouldBe(1);
        (await fleet.ChangesAsync()).Single(change => change.Change == placed).Settled.ShouldBeFalse();
        (await fleet.CommitsAsync(placed)).Select(row => row.Settled).ShouldBe([true, false, true]);
        (await fleet.Schedule.LookAsync("fleet", TestContext.Current.CancellationToken)).Wait.ShouldBe(TimeSpan.Zero, "the others must not wait for it");

        // Not again before its time, though the store is written meanwhile.
        await fleet.PublishAsync("etcd", 1, "a");
        await fleet.PlaceAsync("etcd", 1, "c1");
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("etcd", "c1"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c1"));
        (await fleet.ClusterAsync("c2"))!.Failures.ShouldBe(1);
        (await fleet.StatusAsync()).Ready.ShouldBe("False");

        // A change for it is a reason to try.
        await fleet.TouchAsync("c2");
        await fleet.SyncAsync();
        (await fleet.ClusterAsync("c2"))!.Failures.ShouldBe(2);

        File.Delete(Path.Combine(fleet.Repo.Path, "hooks", "update"));
        await fleet.TouchAsync("c2");
        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c2"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c2"));
        fleet.Repo.Commits("fleet/c2").ShouldBe(2);
        (await fleet.ClusterAsync("c2"))!.Failures.ShouldBe(0);
        status = await fleet.StatusAsync();
        (status.Ready, status.PendingClusters, status.NextTry).ShouldBe(("True", 0, null));
        (await fleet.ChangesAsync()).ShouldAllBe(change => change.Settled);
    }

    [Fact]
    public async Task An_edit_of_the_store_ends_the_wait_of_a_refused_branch()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        fleet.Repo.Hook("pre-receive", "exit 1");
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        File.Delete(Path.Combine(fleet.Repo.Path, "hooks", "pre-receive"));
        await fleet.SyncAsync();
        fleet.Repo.Head("fleet/c1").ShouldBeNull();

        await fleet.TouchAsync();
        await fleet.EditStoreAsync();
        await fleet.SyncAsync();

        fleet.Repo.Head("fleet/c1").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_branch_that_cannot_be_beside_another_is_said()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        fleet.Repo.Commit("fleet", "in the way", ("x", "y"));
        await fleet.RegisterAsync("c1");

        await fleet.SyncAsync();

        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason).ShouldBe(("False", "WriteRejected"));
        status.Message.ShouldContain("'refs/heads/fleet' exists; cannot create 'refs/heads/fleet/c1'");
    }

    [Fact]
    public async Task A_host_out_of_reach_is_the_trouble_of_the_store_and_of_no_branch()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        fleet.Server!.Fault = GitFault.ServerError;
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");

        (await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync())).Reason.ShouldBe("Unreachable");

        (await fleet.ClusterAsync("c1"))!.Failures.ShouldBe(0);
        fleet.Server.Fault = GitFault.None;
        await fleet.SyncAsync();
        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
    }

    [Fact]
    public async Task A_store_without_clusters_says_whether_it_can_be_reached()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true);
        fleet.Server!.Fault = GitFault.ServerError;
        (await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync())).Reason.ShouldBe("Unreachable");

        fleet.Server.Fault = GitFault.None;
        await fleet.SyncAsync();
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_damaged_mirror_is_made_anew_with_all_branches()
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        GitRepo.EmptyObjects(fleet.Mirror());

        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();

        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
        fleet.Repo.Commits("fleet/c2").ShouldBe(2);
    }
}
