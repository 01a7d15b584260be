using Promises.EndToEnd.Tests.Support;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>Pushes that fail, or whose end nobody saw.</summary>
public sealed class LostAnswerTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_around_the_push_leaves_exactly_one_commit(bool pushed)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        var from = fleet.Repo.Head();
        await fleet.PublishAsync("redis", 1, "a");
        var change = await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.CrashAsync(pushed);
        var intent = (await fleet.DeliveryAsync())!.IntentCommit;
        (fleet.Repo.Head() == intent, fleet.Repo.Head() == from).ShouldBe((pushed, !pushed));
        (await fleet.PlacementAsync("redis", "c1"))!.WrittenDigest.ShouldBeNull();

        fleet.Restart();
        await fleet.SyncAsync();

        fleet.Repo.Head().ShouldBe(intent);
        fleet.Repo.In("rev-parse", "main~1").Trim().ShouldBe(from);
        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(intent);
        (await fleet.ChangesAsync()).Single(row => row.Change == change).Commit.ShouldBe(intent);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Fact]
    public async Task A_repair_whose_push_was_not_seen_to_end_is_counted_when_it_is_settled()
    {
        using var repairs = Counted.Repairs();
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        fleet.Repo.Commit("main", "mine", ("base/clusters/c1/README.md", "mine"));
        fleet.Seen.SuspectAll("fleet");
        await fleet.CrashAsync(pushed: true);
        repairs.Count.ShouldBe(0);

        fleet.Restart();
        await fleet.SyncAsync();

        repairs.Count.ShouldBe(1);
        (await fleet.StatusAsync()).Reason.ShouldBe("Repaired");
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_leaves_exactly_one_commit(GitWriter writer)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true, writer: writer);
        await fleet.RegisterAsync("c1");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await fleet.SyncAsync();

        fleet.Repo.Commits().ShouldBe(1);
        (await fleet.DeliveryAsync())!.Head.ShouldBe(fleet.Repo.Head());
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_push_that_a_gateway_lost_is_sent_again_with_the_same_commit(GitWriter writer)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true, writer: writer);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        var intended = new List<string?>();
        fleet.Server!.InPlaceOfPush = response =>
        {
            intended.Add(fleet.DeliveryAsync().GetAwaiter().GetResult()!.IntentCommit);
            fleet.Server.InPlaceOfPush = null;
            response.StatusCode = 502;
        };
        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Commits().ShouldBe(2);
        intended.ShouldBe([fleet.Repo.Head()]);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Theory]
    [InlineData(GitFault.None)]
    [InlineData(GitFault.Forbidden)]
    [InlineData(GitFault.ServerError)]
    [InlineData(GitFault.None, GitWriter.Direct)]
    [InlineData(GitFault.Forbidden, GitWriter.Direct)]
    [InlineData(GitFault.ServerError, GitWriter.Direct)]
    public async Task A_change_whose_answer_was_lost_is_named_by_one_commit_whatever_came_after_it(GitFault next, GitWriter writer = GitWriter.Git)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true, writer: writer);
        await fleet.RegisterAsync("c1");
        fleet.Server!.Fault = GitFault.DropAnswer;
        fleet.Server.AfterPush = () => fleet.Server.Fault = next;
        var failure = next == GitFault.None ? null : await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());
        if (failure is null) await fleet.SyncAsync();
        (fleet.Server.Fault, fleet.Server.AfterPush) = (GitFault.None, null);
        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Commits().ShouldBe(2);
        (await fleet.ChangesAsync()).Select(row => row.Commit).ShouldBeUnique();
    }

    [Fact]
    public async Task A_host_out_of_reach_loses_nothing_and_says_when_it_is_tried_again()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        await fleet.RegisterAsync("c1");
        fleet.Server!.Fault = GitFault.ServerError;
        var failure = await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());
        failure.Reason.ShouldBe("Unreachable");
        fleet.Schedule.Begin("fleet", await fleet.Schedule.LookAsync("fleet", None));
        await fleet.Schedule.FailedAsync(fleet.Lease, failure, None);

        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason, status.PendingClusters).ShouldBe(("False", "Unreachable", 1));
        status.NextTry.ShouldNotBeNull();
        (await fleet.Schedule.LookAsync("fleet", None)).Wait.ShouldBeGreaterThan(TimeSpan.Zero);
        (await fleet.BehindAsync()).ShouldBe(["fleet"]);

        fleet.Server.Fault = GitFault.None;
        await fleet.SyncAsync();

        status = await fleet.StatusAsync();
        (status.Ready, status.PendingClusters, status.NextTry).ShouldBe(("True", 0, null));
        (await fleet.Schedule.LookAsync("fleet", None)).Wait.ShouldBe(TimeSpan.Zero);
        (await fleet.BehindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_of_the_remote_is_quoted_and_nothing_is_left_half_done()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        fleet.Repo.Hook("pre-receive", "echo 'frozen until Monday'; exit 1");
        await fleet.RegisterAsync("c1");

        var failure = await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync());

        (failure.Reason, failure.IsPermanent).ShouldBe(("WriteRejected", true));
        failure.Message.ShouldContain("frozen until Monday");
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }
}
