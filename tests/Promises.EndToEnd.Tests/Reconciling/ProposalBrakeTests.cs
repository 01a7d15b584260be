using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What nobody confirmed is not even proposed; what somebody confirmed is allowed until it is merged, however often it has to be proposed.</summary>
public sealed class ProposalBrakeTests(TestPostgres postgres)
{
    [Fact]
    public async Task Rows_that_are_wrong_propose_no_removal_until_the_hold_is_released()
    {
        await using var fleet = await WrittenAsync();
        var proposed = fleet.Repo.Head(Ops);
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis'");
        await fleet.TouchAsync("c1");

        (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("Held");

        fleet.Repo.Head(Ops).ShouldBe(proposed);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Held");
        var hold = (await fleet.HoldsAsync()).ShouldHaveSingleItem();
        hold.Reason.ShouldBe(HoldReason.UnconfirmedRemoval);
        hold.Items.ShouldAllBe(item => item.StartsWith($"{Ops}:base/clusters/c1/", StringComparison.Ordinal) && item.Contains("redis"));

        await fleet.DecideAsync(hold, HoldPhase.Released);
        await fleet.SyncAsync();
        (await fleet.HoldsAsync()).Single().Settled.ShouldBeFalse();
        // What waits is built anew, and is the same decision.
        fleet.Repo.Commit("main", "theirs", ("more.txt", "x"));
        await fleet.SyncAsync();
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D ") && line.Contains("redis"));
        await fleet.MergedAsync();

        fleet.Repo.Files().ShouldNotContain(file => file.Contains("redis"));
        (await fleet.HoldsAsync()).ShouldHaveSingleItem().Settled.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_discarded_is_not_proposed_and_the_rest_is()
    {
        await using var fleet = await WrittenAsync();
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis'");
        await fleet.RegisterAsync("c2");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        await fleet.DecideAsync((await fleet.HoldsAsync()).Single(), HoldPhase.Discarded);

        await fleet.SyncAsync();
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.Contains("/c2/"));
        await fleet.MergedAsync();

        fleet.Repo.Files().ShouldContain(file => file.Contains("redis"));
        (await fleet.PlacementAsync("redis", "c1")).ShouldBeNull();
        (await fleet.HoldsAsync()).Single().Settled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_grant_is_spent_by_being_merged_and_not_by_being_proposed()
    {
        await using var fleet = await WrittenAsync();
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();
        (await fleet.RowsAsync("removal_grants")).ShouldBe(1);

        foreach (var file in (string[])["one.txt", "two.txt"])
        {
            fleet.Repo.Commit("main", "theirs", (file, "x"));
            await fleet.RegisterInAsync("ops", $"c-{file[..3]}");
            await fleet.SyncAsync();
        }

        (await fleet.RowsAsync("removal_grants")).ShouldBe(1);
        await fleet.MergedAsync();
        (await fleet.HoldsAsync()).ShouldBeEmpty();
        (await fleet.RowsAsync("removal_grants")).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_withdrawn_while_it_was_proposed_may_go_when_it_is_merged_all_the_same()
    {
        await using var fleet = await WrittenAsync();
        await PlaceAsync(fleet, "etcd", "c1");
        await fleet.SyncAsync();
        var stale = fleet.Repo.Head(Ops)!;
        await fleet.WithdrawAsync("etcd", "c1");
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("etcd", "c1")).ShouldBeNull();

        fleet.Repo.In("update-ref", "refs/heads/main", stale);
        await fleet.SyncAsync();

        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D ") && line.Contains("etcd"));
        await fleet.MergedAsync();
        await AtRestAsync(fleet, "etcd");
    }

    [Fact]
    public async Task What_was_withdrawn_just_when_it_was_merged_may_go()
    {
        await using var fleet = await WrittenAsync();
        await PlaceAsync(fleet, "etcd", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.WithdrawAsync("etcd", "c1");

        await fleet.SyncAsync();

        (await fleet.StateAsync("etcd", "c1")).ShouldBe("Withdrawing");
        await fleet.MergedAsync();
        await AtRestAsync(fleet, "etcd");
    }

    [Fact]
    public async Task Objects_that_a_later_revision_dropped_may_go_when_the_earlier_one_is_merged()
    {
        await using var fleet = await WrittenAsync();
        await fleet.PublishAsync("etcd", 1, "a", "b");
        await fleet.PlaceAsync("etcd", 1, "c1");
        await fleet.SyncAsync();
        var stale = fleet.Repo.Head(Ops)!;
        await fleet.PublishAsync("etcd", 2, "a");
        await fleet.PlaceAsync("etcd", 2, "c1");
        await fleet.SyncAsync();

        fleet.Repo.In("update-ref", "refs/heads/main", stale);
        await fleet.SyncAsync();

        fleet.Repo.Differs("main", Ops).Select(line => line[0]).Order().ShouldBe(['D', 'M']);
        await fleet.MergedAsync();
        (await fleet.StateAsync("etcd", "c1")).ShouldBe("Written");
        await AtRestAsync(fleet, "-b-");
    }

    [Fact]
    public async Task A_cluster_that_was_off_boarded_while_it_was_proposed_may_go_when_it_is_merged_all_the_same()
    {
        await using var fleet = await WrittenAsync();
        await PlaceAsync(fleet, "etcd", "c2");
        await fleet.SyncAsync();
        var stale = fleet.Repo.Head(Ops)!;
        await fleet.OffBoardAsync("c2");
        await fleet.SyncAsync();
        (await fleet.ClusterAsync("c2")).ShouldBeNull();

        fleet.Repo.In("update-ref", "refs/heads/main", stale);
        await fleet.SyncAsync();

        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D base/clusters/c2/"));
        fleet.Repo.Files(Ops).ShouldNotContain(file => file.Contains("/c2/"));
        await fleet.MergedAsync();
        await AtRestAsync(fleet, "/c2/");
    }

    [Fact]
    public async Task A_cluster_whose_row_alone_says_that_it_is_gone_is_held_when_it_is_merged()
    {
        await using var fleet = await WrittenAsync();
        await PlaceAsync(fleet, "etcd", "c2");
        await fleet.SyncAsync();
        var stale = fleet.Repo.Head(Ops)!;
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE cluster = 'c2'; UPDATE clusters SET leaving = true WHERE name = 'c2'");
        await fleet.TouchAsync("c2");
        await fleet.SyncAsync();
        (await fleet.ClusterAsync("c2")).ShouldBeNull();

        fleet.Repo.In("update-ref", "refs/heads/main", stale);
        (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("Held");

        (await fleet.HoldsAsync()).Single().Items.ShouldAllBe(item => item.StartsWith($"{Ops}:base/clusters/c2/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_release_of_many_external_clusters_lasts_until_they_are_merged()
    {
        await using var fleet = await WrittenAsync();
        fleet.Limits = new() { MaxExternalClusters = 1 };
        fleet.Restart();
        await fleet.RunAsync("UPDATE environments SET audience = 'External'");
        await PlaceAsync(fleet, "etcd", "c1", "c2");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        await fleet.DecideAsync((await fleet.HoldsAsync()).Single(), HoldPhase.Released);
        await fleet.SyncAsync();
        fleet.Repo.Commit("main", "theirs", ("more.txt", "x"));
        await fleet.SyncAsync();

        await fleet.MergedAsync();

        (await fleet.HoldsAsync()).ShouldHaveSingleItem().Settled.ShouldBeTrue();
        (await fleet.StateAsync("etcd", "c2")).ShouldBe("Written");
    }

    /// <summary>Nothing of it is left, neither on the branch nor in what the database keeps for the case that somebody merges it.</summary>
    private static async Task AtRestAsync(DeliveryFleet fleet, string gone)
    {
        fleet.Repo.Files().ShouldNotContain(file => file.Contains(gone));
        (await fleet.HoldsAsync()).ShouldBeEmpty();
        (await fleet.RowsAsync("proposed_files"), await fleet.RowsAsync("removal_grants")).ShouldBe((0, 0));
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    /// <summary>One cluster with one placement, merged.</summary>
    private async Task<DeliveryFleet> WrittenAsync()
    {
        var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        await fleet.MergedAsync();
        return fleet;
    }
}
