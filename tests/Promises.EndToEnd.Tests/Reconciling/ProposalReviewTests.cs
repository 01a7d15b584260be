using Promises.Server.Reconciling;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What a reviewer and others do to a proposal, and to what was merged.</summary>
public sealed class ProposalReviewTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_the_reviewer_changed_is_proposed_again_and_the_rest_is_written()
    {
        await using var fleet = await StartAsync(postgres);
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
        await using var fleet = await StartAsync(postgres);
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
        await using var fleet = await StartAsync(postgres);
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
    public async Task An_edit_of_what_was_merged_is_not_written_until_it_is_put_right()
    {
        await using var fleet = await StartAsync(postgres);
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
}
