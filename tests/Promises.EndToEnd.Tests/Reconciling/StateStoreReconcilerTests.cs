using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Promises.EndToEnd.Tests.Support;
using Promises.Model;
using Promises.Server.Reconciling;
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
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();

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
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
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
    public async Task A_moved_branch_is_built_upon_and_files_of_others_stay()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        var theirs = fleet.Repo.Commit("main", "theirs", ("their.txt", "x"), ("base/clusters/c1/notes.txt", "y"));

        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldContain("their.txt");
        fleet.Repo.Files().ShouldContain("base/clusters/c1/notes.txt");
        fleet.Repo.In("rev-parse", "main~1").Trim().ShouldBe(theirs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_edited_or_deleted_by_hand_is_put_right_with_the_next_write(bool afterRestart)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        var tree = fleet.Repo.In("rev-parse", "main^{tree}");
        var maps = fleet.Repo.Files().Where(file => file.StartsWith("base/clusters/c1/placements/", StringComparison.Ordinal)).ToArray();
        fleet.Repo.Commit("main", "by hand", (maps[0], "hacked"), (maps[1], null), ("base/clusters/c2/README.md", "mine"), ("base/clusters/c1/flux/redis.yaml", null));

        if (afterRestart) fleet.Restart();
        await fleet.RegisterAsync("c3");
        await fleet.SyncAsync();

        fleet.Repo.In("diff", "--name-only", tree.Trim(), "main").Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(file => file.Contains("/c3/", StringComparison.Ordinal));
        fleet.Repo.In("log", "--format=%B").ShouldContain("redis 1 rewritten");
        (await fleet.StatusAsync()).Message.ShouldStartWith("2 of our files were changed, 2 deleted: put right in commit ");
    }

    [Fact]
    public async Task A_foreign_readme_stays_and_ours_has_another_name()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c1/README.md", "Their words.\n"));
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        await fleet.TouchAsync("c1");
        await fleet.SyncAsync();

        fleet.Repo.Show("base/clusters/c1/README.md").ShouldBe("Their words.\n");
        fleet.Repo.Files().ShouldContain("base/clusters/c1/PROMISES.md");
        fleet.Repo.Commits().ShouldBe(2);
    }

    [Fact]
    public async Task A_foreign_file_where_ours_would_go_stalls_its_placement_alone_until_it_is_gone()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c1/flux/redis.yaml", "theirs"), ("base/clusters/c1/placements/etcd", "a file"));
        foreach (var promise in (string[])["redis", "etcd", "kafka"])
        {
            await fleet.PublishAsync(promise, 1, "a");
            await fleet.PlaceAsync(promise, 1, "c1");
        }

        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBe("ForeignFile");
        (await fleet.PlacementAsync("redis", "c1"))!.StalledMessage!.ShouldContain("base/clusters/c1/flux/redis.yaml");
        (await fleet.PlacementAsync("etcd", "c1"))!.StalledReason.ShouldBe("ForeignFile");
        (await fleet.PlacementAsync("kafka", "c1"))!.Commit.ShouldBe(fleet.Repo.Head());
        fleet.Repo.Show("base/clusters/c1/flux/redis.yaml").ShouldBe("theirs");
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);

        fleet.Repo.Commit("main", "out of the way", ("base/clusters/c1/flux/redis.yaml", null));
        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBeNull();
        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(fleet.Repo.Head());
    }

    [Fact]
    public async Task Files_that_make_agents_drop_ours_are_found_and_forgotten()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        fleet.Repo.Commit("main", "theirs", ("base/Kustomization", "x"), ("base/clusters/c1/placements/redis/kustomization.yaml", "x"), ("other/.sourceignore", "x"));
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        (await fleet.ClusterAsync("c1"))!.Findings.ShouldBe(["base/Kustomization", "base/clusters/c1/placements/redis/kustomization.yaml"]);
        (await fleet.ClusterAsync("c2"))!.Findings.ShouldBe(["base/Kustomization"]);
        (await fleet.ClusterAsync("c1"))!.FindingsAt.ShouldNotBeNull();

        fleet.Repo.Commit("main", "better", ("base/Kustomization", null), (".sourceignore", "x"));
        await fleet.RegisterAsync("c3");
        await fleet.SyncAsync();

        (await fleet.ClusterAsync("c1"))!.Findings.ShouldBe([".sourceignore", "base/clusters/c1/placements/redis/kustomization.yaml"]);
        (await fleet.ClusterAsync("c3"))!.Findings.ShouldBe([".sourceignore"]);
    }

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
        using var crash = new CancellationTokenSource();
        if (pushed) fleet.Server!.AfterPush = crash.Cancel;
        else
        {
            fleet.Server!.BeforePush = () =>
            {
                crash.Cancel();
                throw new IOException("The request never came in.");
            };
        }

        await Should.ThrowAsync<OperationCanceledException>(() => fleet.Reconciler.SyncAsync("fleet", fleet.Lease, [], crash.Token));
        var intent = (await fleet.DeliveryAsync())!.IntentCommit;
        (fleet.Repo.Head() == intent, fleet.Repo.Head() == from).ShouldBe((pushed, !pushed));
        (await fleet.PlacementAsync("redis", "c1"))!.WrittenDigest.ShouldBeNull();

        (fleet.Server.AfterPush, fleet.Server.BeforePush) = (null, null);
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
        using var crash = new CancellationTokenSource();
        fleet.Server!.AfterPush = crash.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(() => fleet.Reconciler.SyncAsync("fleet", fleet.Lease, [], crash.Token));
        repairs.Count.ShouldBe(0);

        fleet.Server.AfterPush = null;
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

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task Somebody_who_commits_during_the_push_is_built_upon(GitWriter writer)
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true, writer: writer);
        await fleet.RegisterAsync("c1");
        await fleet.SyncAsync();
        var left = 3;
        fleet.Server!.BeforePush = () =>
        {
            if (left-- > 0) fleet.Repo.Commit("main", "theirs", ($"their-{left}", "x"));
        };
        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Commits().ShouldBe(5);
        fleet.Repo.Files().ShouldContain("base/clusters/c2/README.md");
        (await fleet.ChangesAsync()).Count(row => row.Commit == fleet.Repo.Head()).ShouldBe(1);
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

    [Fact]
    public async Task A_rewritten_history_gets_everything_again()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        var files = fleet.Repo.Files();
        fleet.Repo.In("update-ref", "-d", "refs/heads/main");
        fleet.Repo.Commit("main", "a new beginning", ("their.txt", "x"));

        await fleet.RegisterAsync("c3");
        await fleet.SyncAsync();

        files.ShouldBeSubsetOf(fleet.Repo.Files());
        fleet.Repo.Files().ShouldContain("their.txt");
    }

    [Fact]
    public async Task A_deleted_branch_gets_everything_again()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
        var files = fleet.Repo.Files();
        fleet.Repo.In("update-ref", "-d", "refs/heads/main");

        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        files.ShouldBeSubsetOf(fleet.Repo.Files());
        fleet.Repo.Commits().ShouldBe(1);
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
