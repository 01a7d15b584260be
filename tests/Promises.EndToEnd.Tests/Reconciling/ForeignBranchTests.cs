using Promises.EndToEnd.Tests.Support;
using Promises.Model;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What others do to the branch meanwhile.</summary>
public sealed class ForeignBranchTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
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
    public async Task A_rewritten_history_gets_everything_again()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a");
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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        var files = fleet.Repo.Files();
        fleet.Repo.In("update-ref", "-d", "refs/heads/main");

        await fleet.RegisterAsync("c2");
        await fleet.SyncAsync();

        files.ShouldBeSubsetOf(fleet.Repo.Files());
        fleet.Repo.Commits().ShouldBe(1);
    }
}
