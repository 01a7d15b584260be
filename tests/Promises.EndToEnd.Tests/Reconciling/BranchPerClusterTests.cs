using System.Diagnostics;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What the reconciler does with a store that has a branch per cluster; what holds for any store is in <see cref="StateStoreReconcilerTests"/>.</summary>
public sealed class BranchPerClusterTests(TestPostgres postgres)
{
    [Fact]
    public async Task Each_cluster_has_a_branch_of_its_own_and_only_those_meant_move()
    {
        await using var fleet = await StartAsync();
        var registered = await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        await fleet.PublishAsync("redis", 1, "a");
        var heads = Heads(fleet, "c1", "c2", "c3");

        var placed = await fleet.PlaceAsync("redis", 1, "c1", "c3");
        await fleet.TouchAsync("c2");
        await fleet.SyncAsync();

        fleet.Repo.Files("fleet/c1").ShouldAllBe(file => file.StartsWith("base/clusters/c1/", StringComparison.Ordinal));
        fleet.Repo.Files("fleet/c1").Length.ShouldBe(4);
        fleet.Repo.Files("fleet/c2").Length.ShouldBe(2);
        fleet.Repo.Head().ShouldBeNull();
        Heads(fleet, "c1", "c2", "c3").Zip(heads).Select(pair => pair.First == pair.Second).ShouldBe([false, true, false]);
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
        Heads(fleet, "c1", "c3").ShouldContain(status.LastCommit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Three_hundred_clusters_are_one_push(bool overHttp)
    {
        await using var fleet = await StartAsync(overHttp);
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
    public async Task A_branch_that_is_refused_waits_alone_until_something_changes()
    {
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
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
        await using var fleet = await StartAsync();
        fleet.Repo.Commit("fleet", "in the way", ("x", "y"));
        await fleet.RegisterAsync("c1");

        await fleet.SyncAsync();

        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason).ShouldBe(("False", "WriteRejected"));
        status.Message.ShouldContain("'refs/heads/fleet' exists; cannot create 'refs/heads/fleet/c1'");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_branch_that_somebody_moves_during_the_push_is_built_upon_and_the_others_are_not_held_back(int times)
    {
        await using var fleet = await StartAsync(overHttp: true);
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        var left = times;
        fleet.Server!.BeforePush = () =>
        {
            if (left-- > 0) fleet.Repo.Commit("fleet/c2", "theirs", ($"their-{left}", "x"));
        };
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
        await fleet.SyncAsync();

        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
        fleet.Repo.Commits("fleet/c2").ShouldBe(2 + times);
        fleet.Repo.Files("fleet/c2").Length.ShouldBe(4 + times);
        foreach (var cluster in (string[])["c1", "c2", "c3"]) (await fleet.PlacementAsync("redis", cluster))!.Commit.ShouldBe(fleet.Repo.Head($"fleet/{cluster}"));
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_branch_that_never_rests_is_put_aside()
    {
        await using var fleet = await StartAsync(overHttp: true);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        var count = 0;
        fleet.Server!.BeforePush = () => fleet.Repo.Commit("fleet/c2", "theirs", ($"their-{count++}", "x"));
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(fleet.Repo.Head("fleet/c1"));
        (await fleet.ClusterAsync("c2"))!.Reason.ShouldBe("BranchMoving");
        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_leaves_exactly_one_commit_on_each_branch(GitWriter writer)
    {
        await using var fleet = await StartAsync(overHttp: true, writer);
        await fleet.RegisterAsync("c1", "c2", "c3");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await fleet.SyncAsync();

        foreach (var cluster in (string[])["c1", "c2", "c3"]) fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(1);
        (await fleet.ClusterAsync("c2"))!.Head.ShouldBe(fleet.Repo.Head("fleet/c2"));
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_and_a_moved_branch_at_once_are_each_settled_for_themselves(GitWriter writer)
    {
        await using var fleet = await StartAsync(overHttp: true, writer);
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        fleet.Repo.Commit("fleet/c2", "theirs", ("their.txt", "x"));
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await fleet.SyncAsync();

        foreach (var (cluster, commits) in (IEnumerable<(string, int)>)[("c1", 2), ("c2", 3), ("c3", 2)])
        {
            fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(commits);
            (await fleet.PlacementAsync("redis", cluster))!.Commit.ShouldBe(fleet.Repo.Head($"fleet/{cluster}"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_around_the_push_is_settled_on_every_branch(bool pushed)
    {
        await using var fleet = await StartAsync(overHttp: true);
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        var from = Heads(fleet, "c1", "c2", "c3");
        await fleet.PublishAsync("redis", 1, "a");
        var change = await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
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
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldNotBeNull();

        (fleet.Server.AfterPush, fleet.Server.BeforePush) = (null, null);
        // Meanwhile somebody builds on one of them.
        fleet.Repo.Commit("fleet/c2", "theirs", ("their.txt", "x"));
        fleet.Restart();
        await fleet.SyncAsync();

        foreach (var (cluster, base_) in ((string[])["c1", "c2", "c3"]).Zip(from))
        {
            fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(cluster == "c2" ? 3 : 2);
            fleet.Repo.In("merge-base", "--is-ancestor", base_!, $"fleet/{cluster}");
            fleet.Repo.Files($"fleet/{cluster}").ShouldContain($"base/clusters/{cluster}/flux/redis.yaml");
        }

        fleet.Repo.Files("fleet/c2").ShouldContain("their.txt");
        (await fleet.CommitsAsync(change)).ShouldAllBe(row => row.Settled && row.Commit != null);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_edited_by_hand_is_put_right_on_its_branch_alone(bool afterRestart)
    {
        await using var fleet = await StartAsync();
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        var (tree, other) = (fleet.Repo.In("rev-parse", "fleet/c1^{tree}"), fleet.Repo.Head("fleet/c2"));
        fleet.Repo.Commit("fleet/c1", "by hand", ("base/clusters/c1/README.md", "mine"), ("base/clusters/c1/flux/redis.yaml", null));

        if (afterRestart) fleet.Restart();
        await fleet.TouchAsync("c1");
        // Without anything to write nobody would look, as for any store.
        if (!afterRestart) await fleet.PublishAsync("etcd", 1, "a");
        if (!afterRestart) await fleet.PlaceAsync("etcd", 1, "c1");
        await fleet.SyncAsync();

        var differs = fleet.Repo.In("diff", "--name-only", tree.Trim(), "fleet/c1").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        differs.ShouldAllBe(file => file.Contains("etcd", StringComparison.Ordinal));
        fleet.Repo.Head("fleet/c2").ShouldBe(other);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_branch_that_was_deleted_or_rewritten_gets_everything_again(bool rewritten)
    {
        await using var fleet = await StartAsync();
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        var (files, other) = (fleet.Repo.Files("fleet/c1"), fleet.Repo.Head("fleet/c2"));
        fleet.Repo.In("update-ref", "-d", "refs/heads/fleet/c1");
        if (rewritten) fleet.Repo.Commit("fleet/c1", "a new beginning", ("their.txt", "x"));

        await fleet.PublishAsync("redis", 2, "b");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.SyncAsync();

        fleet.Repo.Files("fleet/c1").Length.ShouldBe(files.Length + (rewritten ? 1 : 0));
        fleet.Repo.Commits("fleet/c1").ShouldBe(rewritten ? 2 : 1);
        fleet.Repo.Head("fleet/c2").ShouldBe(other);
    }

    [Fact]
    public async Task Files_that_make_agents_drop_ours_are_found_on_the_branch_of_the_cluster_only()
    {
        await using var fleet = await StartAsync();
        fleet.Repo.Commit("fleet/c1", "theirs", ("kustomization.yaml", "x"));
        fleet.Repo.Commit("main", "theirs", (".sourceignore", "x"));
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();

        (await fleet.ClusterAsync("c1"))!.Findings.ShouldBe(["kustomization.yaml"]);
        (await fleet.ClusterAsync("c2"))!.Findings.ShouldBeEmpty();
        fleet.Repo.Files("fleet/c1").ShouldContain("kustomization.yaml");
    }

    [Fact]
    public async Task A_cluster_that_leaves_takes_its_files_and_leaves_the_branch_to_others()
    {
        await using var fleet = await StartAsync();
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

    [Fact]
    public async Task A_host_out_of_reach_is_the_trouble_of_the_store_and_of_no_branch()
    {
        await using var fleet = await StartAsync(overHttp: true);
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
        await using var fleet = await StartAsync(overHttp: true);
        fleet.Server!.Fault = GitFault.ServerError;
        (await Should.ThrowAsync<StoreSyncException>(() => fleet.SyncAsync())).Reason.ShouldBe("Unreachable");

        fleet.Server.Fault = GitFault.None;
        await fleet.SyncAsync();
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_damaged_mirror_is_made_anew_with_all_branches()
    {
        await using var fleet = await StartAsync();
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();
        GitRepo.EmptyObjects(fleet.Mirror());

        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();

        fleet.Repo.Commits("fleet/c1").ShouldBe(2);
        fleet.Repo.Commits("fleet/c2").ShouldBe(2);
    }

    private Task<DeliveryFleet> StartAsync(bool overHttp = false, GitWriter writer = GitWriter.Git) =>
        DeliveryFleet.StartAsync(postgres, overHttp, branch: "fleet/{cluster}", writer: writer);

    private static string?[] Heads(DeliveryFleet fleet, params string[] clusters) => [.. clusters.Select(cluster => fleet.Repo.Head($"fleet/{cluster}"))];

    private static string[] Branches(DeliveryFleet fleet) => fleet.Repo.In("for-each-ref", "--format=%(refname)", "refs/heads").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
