using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class ProposalTests(TestPostgres postgres)
{
    private const string Ops = "promises/proposal/ops";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Nothing_is_pushed_to_the_branch_and_what_waits_is_one_commit_on_top_of_it()
    {
        await using var fleet = await StartAsync();
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
        (await fleet.BehindAsync()).ShouldBe(["fleet"]);
    }

    [Theory]
    [InlineData(nameof(MergeBy.Commit))]
    [InlineData(nameof(MergeBy.Squash))]
    [InlineData(nameof(MergeBy.FastForward))]
    [InlineData(nameof(MergeBy.Rebase))]
    public async Task However_it_is_merged_it_is_written_then(string by)
    {
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
    public async Task What_the_reviewer_changed_is_proposed_again_and_the_rest_is_written()
    {
        await using var fleet = await StartAsync();
        await PlaceAsync(fleet, "redis", "c1", "c2");
        await fleet.SyncAsync();
        var map = fleet.Repo.Files(Ops).Single(file => file.Contains("c1/placements/redis/", StringComparison.Ordinal));
        fleet.Repo.Commit(Ops, "better", (map, "edited"), ("base/clusters/c1/flux/redis.yaml", null));
        var merged = fleet.Repo.Merge(Ops, MergeBy.Squash);
        fleet.Repo.In("update-ref", "-d", $"refs/heads/{Ops}");

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c2")).ShouldBe("Written");
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
        fleet.Repo.Differs("main", Ops).ShouldBe(["A base/clusters/c1/flux/redis.yaml", $"M {map}"]);
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(1);

        fleet.Repo.Merge(Ops, MergeBy.Commit);
        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.PlacementAsync("redis", "c2"))!.Commit.ShouldBe(merged);
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_merged_and_replaced_before_anybody_looked_is_ours_all_the_same()
    {
        await using var fleet = await StartAsync();
        await PlaceAsync(fleet, "redis", "c1");
        await PlaceAsync(fleet, "etcd", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.PublishAsync("redis", 2, "b");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.WithdrawAsync("etcd", "c1");

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
        (await fleet.StateAsync("etcd", "c1")).ShouldBe("Withdrawing");
        fleet.Repo.Differs("main", Ops).Select(line => line[0]).Order().ShouldBe(['A', 'D', 'D', 'D']);
        fleet.Repo.Files(Ops).ShouldNotContain(file => file.Contains("etcd", StringComparison.Ordinal));

        fleet.Repo.Merge(Ops, MergeBy.FastForward);
        await fleet.SyncAsync();
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.PlacementAsync("etcd", "c1")).ShouldBeNull();
    }

    [Fact]
    public async Task A_commit_of_somebody_else_on_the_proposal_is_not_overwritten_until_it_is_merged()
    {
        await using var fleet = await StartAsync();
        await fleet.RegisterInAsync("apps", "a1");
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var theirs = fleet.Repo.Commit(Ops, "a question", ("their-note.txt", "why?"));
        await fleet.RegisterAsync("c3");
        await fleet.RegisterInAsync("apps", "a2");

        var failure = await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());

        (failure.Reason, failure.IsPermanent).ShouldBe(("ProposalChanged", true));
        failure.Message.ShouldContain(Ops);
        fleet.Repo.Head(Ops).ShouldBe(theirs);
        fleet.Repo.Files("promises/proposal/apps").ShouldContain("base/clusters/a2/README.md");
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");

        await fleet.Schedule.FailedAsync(fleet.Lease, failure, None);
        await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());
        await fleet.Schedule.FailedAsync(fleet.Lease, failure, None);
        (await fleet.DeliveryAsync())!.Failures.ShouldBe(2);

        fleet.Repo.Merge(Ops, MergeBy.Commit);
        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
        fleet.Repo.Files().ShouldContain("their-note.txt");
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.Contains("/c3/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Environments_are_proposed_and_merged_each_for_itself()
    {
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
    public async Task A_crash_after_the_push_leaves_the_proposal_as_it_is()
    {
        await using var fleet = await StartAsync(overHttp: true);
        await PlaceAsync(fleet, "redis", "c1");
        using var crash = new CancellationTokenSource();
        fleet.Server!.AfterPush = crash.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(() => fleet.Reconciler.SyncAsync("fleet", fleet.Lease, [], crash.Token));
        var pushed = fleet.Repo.Head(Ops).ShouldNotBeNull();
        (await fleet.ProposalAsync())!.Phase.ShouldBe(ProposalPhase.Pushing);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Pending");

        fleet.Server.AfterPush = null;
        fleet.Restart();
        await fleet.SyncAsync();

        fleet.Repo.Head(Ops).ShouldBe(pushed);
        (await fleet.ProposalAsync())!.Phase.ShouldBe(ProposalPhase.Open);
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
    }

    [Fact]
    public async Task Who_lost_the_store_notes_and_pushes_nothing()
    {
        await using var fleet = await StartAsync();
        var zombie = fleet.Lease;
        await fleet.ClaimAsync();

        await Should.ThrowAsync<LeaseLostException>(() => fleet.Reconciler.SyncAsync("fleet", zombie, [], None));

        fleet.Repo.Head(Ops).ShouldBeNull();
        (await fleet.ProposalAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_lost_answer_leaves_one_commit()
    {
        await using var fleet = await StartAsync(overHttp: true);
        await PlaceAsync(fleet, "redis", "c1");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());
        fleet.Server.Fault = GitFault.None;
        await fleet.SyncAsync();

        fleet.Repo.In("rev-list", "--count", $"main..{Ops}").Trim().ShouldBe("1");
        (await fleet.ProposalAsync())!.Head.ShouldBe(fleet.Repo.Head(Ops));
    }

    [Fact]
    public async Task An_edit_of_what_was_merged_is_not_written_until_it_is_put_right()
    {
        await using var fleet = await StartAsync();
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.FastForward);
        await fleet.SyncAsync();
        fleet.Repo.Commit("main", "by hand", ("base/clusters/c1/flux/redis.yaml", "hacked"));
        await fleet.RegisterAsync("c2");

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Proposed");
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(2);
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.SyncAsync();
        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);
    }

    [Fact]
    public async Task The_mode_can_be_changed_there_and_back()
    {
        await using var fleet = await StartAsync();
        await PlaceAsync(fleet, "redis", "c1");
        await PlaceAsync(fleet, "etcd", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.Squash);
        await fleet.WithdrawAsync("etcd", "c1");
        await fleet.SetModeAsync(DeliveryMode.Push);

        await fleet.SyncAsync();

        (await fleet.StateAsync("redis", "c1")).ShouldBe("Written");
        (await fleet.PlacementAsync("etcd", "c1")).ShouldBeNull();
        fleet.Repo.Files().ShouldNotContain(file => file.Contains("etcd", StringComparison.Ordinal));
        fleet.Repo.Head(Ops).ShouldNotBeNull();
        (await fleet.BehindAsync()).ShouldBeEmpty();

        await fleet.SetModeAsync(DeliveryMode.Proposal);
        await fleet.RegisterAsync("c3");
        var head = fleet.Repo.Head();
        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(head);
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.Contains("/c3/", StringComparison.Ordinal));
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

    private async Task<DeliveryFleet> StartAsync(bool overHttp = false)
    {
        var fleet = await DeliveryFleet.StartAsync(postgres, overHttp, mode: DeliveryMode.Proposal);
        fleet.Repo.Commit("main", "their beginning", ("their.txt", "x"));
        await fleet.RegisterAsync("c1");
        return fleet;
    }

    /// <summary>With one ConfigMap. Clusters that are not there yet are registered in ops.</summary>
    private static async Task<long> PlaceAsync(DeliveryFleet fleet, string promise, params string[] clusters)
    {
        foreach (var cluster in clusters)
        {
            if (await fleet.ClusterAsync(cluster) is null) await fleet.RegisterAsync(cluster);
        }

        await fleet.PublishAsync(promise, 1, "a");
        return await fleet.PlaceAsync(promise, 1, clusters);
    }
}
