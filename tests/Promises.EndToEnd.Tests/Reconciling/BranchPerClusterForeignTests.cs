using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What others do to the branches of clusters meanwhile.</summary>
public sealed class BranchPerClusterForeignTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_branch_that_somebody_moves_during_the_push_is_built_upon_and_the_others_are_not_held_back(int times)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true);
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
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true);
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
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_edited_by_hand_is_put_right_on_its_branch_alone(bool afterRestart)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres);
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
        await using var fleet = await BranchingFleet.StartAsync(postgres);
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
        await using var fleet = await BranchingFleet.StartAsync(postgres);
        fleet.Repo.Commit("fleet/c1", "theirs", ("kustomization.yaml", "x"));
        fleet.Repo.Commit("main", "theirs", (".sourceignore", "x"));
        await fleet.RegisterAsync("c1", "c2");
        await fleet.SyncAsync();

        (await fleet.ClusterAsync("c1"))!.Findings.ShouldBe(["kustomization.yaml"]);
        (await fleet.ClusterAsync("c2"))!.Findings.ShouldBeEmpty();
        fleet.Repo.Files("fleet/c1").ShouldContain("kustomization.yaml");
    }
}
