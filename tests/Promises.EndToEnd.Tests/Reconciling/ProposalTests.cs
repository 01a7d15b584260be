using Promises.Model;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>Proposing, and seeing that it was merged.</summary>
public sealed class ProposalTests(TestPostgres postgres)
{
    [Fact]
    public async Task Nothing_is_pushed_to_the_branch_and_what_waits_is_one_commit_on_top_of_it()
    {
        await using var fleet = await StartAsync(postgres);
        var theirs = fleet.Repo.Head();
        var placed = await PlaceAsync(fleet, "redis", "c1", "c2");

        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(theirs);
        fleet.Repo.In("rev-parse", $"{Ops}~1").Trim().ShouldBe(theirs);
        fleet.Repo.Files(Ops).Length.ShouldBe(9);
        fleet.Repo.Message(Ops).ShouldStartWith("2 placements on 2 clusters: redis added at 1, c1 registered, c2 registered\n");
        fleet.Repo.Message(Ops).ShouldContain($"Promises-Change: {placed}\n");
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason, status.PendingClusters, status.LastCommit).ShouldBe(("True", "Proposed", 2, theirs));
        status.Message.ShouldContain(Ops);
        (await fleet.ChangesAsync()).ShouldAllBe(change => !change.Settled);
        // Nobody is to look at it again and again: whoever merges it moves a branch, and that is seen.
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(MergeBy.Commit))]
    [InlineData(nameof(MergeBy.Squash))]
    [InlineData(nameof(MergeBy.FastForward))]
    [InlineData(nameof(MergeBy.Rebase))]
    public async Task However_it_is_merged_it_is_written_then(string by)
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var proposed = fleet.Repo.Head(Ops);
        if (by == nameof(MergeBy.Rebase)) fleet.Repo.Commit("main", "meanwhile", ("their-other.txt", "x"));
        var merged = fleet.Repo.Merge(Ops, Enum.Parse<MergeBy>(by));

        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(merged);
        fleet.Repo.Head(Ops).ShouldBe(proposed);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(merged);
        (await fleet.ChangesAsync()).ShouldAllBe(change => change.Settled && change.Commit == merged);
        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason, status.PendingClusters, status.LastCommit).ShouldBe(("True", "Reflected", 0, merged));
        (await fleet.BehindAsync()).ShouldBeEmpty();
        (await fleet.RowsAsync("proposed_files")).ShouldBe(0);
    }

    [Fact]
    public async Task While_nothing_moves_nothing_is_pushed_or_recorded()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var (head, at, events) = (fleet.Repo.Head(Ops), (await fleet.ProposalAsync())!.At, await fleet.RowsAsync("fleet_events"));

        await fleet.SyncAsync();
        fleet.Restart();
        await fleet.SyncAsync();

        fleet.Repo.Head(Ops).ShouldBe(head);
        (await fleet.ProposalAsync())!.At.ShouldBe(at);
        (await fleet.RowsAsync("fleet_events")).ShouldBe(events);
    }

    [Fact]
    public async Task A_later_change_takes_the_place_of_the_proposal()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        await fleet.PublishAsync("redis", 2, "b");
        await fleet.PlaceAsync("redis", 2, "c1");
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Pending");

        await fleet.SyncAsync();

        fleet.Repo.In("rev-parse", $"{Ops}~1").Trim().ShouldBe(fleet.Repo.Head());
        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("1");
        fleet.Repo.Message(Ops).ShouldStartWith("1 placements on 1 clusters: redis added at 2, c1 registered");
        fleet.Repo.Differs("main", Ops).ShouldNotContain(line => line.Contains("configmap-x-a-", StringComparison.Ordinal));
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
    }

    [Fact]
    public async Task A_branch_that_others_move_is_proposed_to_anew()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var theirs = fleet.Repo.Commit("main", "theirs", ("more.txt", "x"));

        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(theirs);
        fleet.Repo.In("rev-parse", $"{Ops}~1").Trim().ShouldBe(theirs);
        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("1");
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
        (await fleet.ProposalAsync())!.Base.ShouldBe(theirs);
    }

    [Fact]
    public async Task Environments_are_proposed_and_merged_each_for_itself()
    {
        await using var fleet = await StartAsync(postgres);
        await fleet.RegisterInAsync("apps", "a1");
        await PlaceAsync(fleet, "redis", "c1", "a1");
        await fleet.SyncAsync();
        fleet.Repo.Files(Ops).ShouldNotContain(file => file.Contains("/a1/", StringComparison.Ordinal));
        fleet.Repo.Files("promises/proposal/apps").ShouldNotContain(file => file.Contains("/c1/", StringComparison.Ordinal));
        fleet.Repo.Merge(Ops, MergeBy.Squash);

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1"), await fleet.StateAsync("redis", "a1")).ShouldBe(("Written", "Proposed"));
        fleet.Repo.In("rev-parse", "promises/proposal/apps~1").Trim().ShouldBe(fleet.Repo.Head());
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(1);
        (await fleet.StatusAsync()).Message.ShouldNotContain(Ops);
    }

    [Fact]
    public async Task A_withdrawal_is_proposed_and_over_once_it_is_merged()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.FastForward);
        await fleet.SyncAsync();
        await fleet.WithdrawAsync("redis", "c1");

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Withdrawing");
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith('D'));
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("redis", "c1")).ShouldBeNull();
        fleet.Repo.Files().ShouldNotContain(file => file.Contains("redis", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_wants_any_more_is_taken_out_of_the_way_of_the_reviewer()
    {
        await using var fleet = await StartAsync(postgres);
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.FastForward);
        await fleet.SyncAsync();
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        await fleet.WithdrawAsync("redis", "c1");
        // Just before it is taken back.
        var stale = fleet.Repo.Head(Ops)!;

        await fleet.SyncAsync();

        fleet.Repo.Head(Ops).ShouldBe(fleet.Repo.Head());
        (await fleet.PlacementAsync("redis", "c1")).ShouldBeNull();
        (await fleet.BehindAsync()).ShouldBe(["fleet"]);
        fleet.Repo.In("update-ref", "refs/heads/main", stale);
        await fleet.SyncAsync();

        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D base/clusters/c1/", StringComparison.Ordinal));
        fleet.Repo.Files(Ops).ShouldNotContain(file => file.Contains("redis", StringComparison.Ordinal));
        fleet.Repo.Merge(Ops, MergeBy.Commit);
        await fleet.SyncAsync();
        await fleet.SyncAsync();
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_proposal_of_an_environment_that_has_no_clusters_any_more_is_taken_back()
    {
        await using var fleet = await StartAsync(postgres);
        await fleet.RegisterInAsync("apps", "a1");
        await fleet.SyncAsync();
        await fleet.OffBoardAsync("a1");

        await fleet.SyncAsync();

        (await fleet.ClusterAsync("a1")).ShouldBeNull();
        fleet.Repo.Head("promises/proposal/apps").ShouldBe(fleet.Repo.Head());
        fleet.Repo.Differs("main", Ops).ShouldNotBeEmpty();
        await fleet.SyncAsync();
        (await fleet.ProposalAsync("apps"))!.Phase.ShouldBe(ProposalPhase.Closed);
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_repository_gets_a_proposal_without_a_parent()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, mode: DeliveryMode.Proposal);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        fleet.Repo.Head().ShouldBeNull();
        fleet.Repo.Commits(Ops).ShouldBe(1);
        await fleet.SyncAsync();

        fleet.Repo.In("update-ref", "refs/heads/main", fleet.Repo.Head(Ops)!);
        await fleet.SyncAsync();

        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
    }
}
