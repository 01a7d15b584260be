using Promises.Server.Tests.Reconciling;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>Who takes the branch back brings files with it that we had removed.</summary>
public sealed class ReturnedTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_withdrawn_does_not_come_back_with_older_history(bool isRewritten)
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c1/placements/redis/notes.md", "mine"));
        await fleet.TouchAsync("c1");
        await fleet.SyncAsync();
        var before = fleet.Repo.Head()!;
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.OffBoardAsync("c2");
        await fleet.SyncAsync();
        var wanted = fleet.Repo.Files();

        TakeBack(fleet.Repo, before, isRewritten);
        fleet.Seen.SuspectAll("fleet");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(wanted);
        wanted.ShouldContain("base/clusters/c1/placements/redis/notes.md");
        var status = await fleet.StatusAsync();
        (status.Ready, status.Reason).ShouldBe(("True", "Repaired"));
        status.Message.ShouldContain("8 that we had removed were back");
    }

    [Fact]
    public async Task Nor_where_the_replica_that_removed_it_is_gone()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        var before = fleet.Repo.Head()!;
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();
        var wanted = fleet.Repo.Files();

        // As another replica has it.
        Directory.Delete(fleet.Mirror(), recursive: true);
        fleet.Repo.In("update-ref", "refs/heads/main", before);
        fleet.Seen.SuspectAll("fleet");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(wanted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nor_what_others_had_removed_before_us(bool isRewritten)
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        var without = WithoutRedis(fleet);
        var map = fleet.Repo.Files().Single(path => path.Contains("/placements/redis/"));
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c1/notes.md", "mine"));
        var before = fleet.Repo.Head()!;
        fleet.Repo.Commit("main", "not wanted here", (map, null), ("base/clusters/c1/notes.md", null));
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();

        TakeBack(fleet.Repo, before, isRewritten);
        fleet.Seen.SuspectAll("fleet");
        await fleet.SyncAsync();

        // Their own file came back as they wanted it.
        fleet.Repo.Files().ShouldBe([.. without, "base/clusters/c1/notes.md"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nor_when_its_cluster_has_left(bool isRewritten)
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a");
        var map = fleet.Repo.Files().Single(path => path.StartsWith("base/clusters/c2/placements/redis/", StringComparison.Ordinal));
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c2/notes.md", "mine"));
        var before = fleet.Repo.Head()!;
        fleet.Repo.Commit("main", "not wanted here", (map, null), ("base/clusters/c2/notes.md", null));
        await fleet.OffBoardAsync("c2");
        await fleet.SyncAsync();
        var wanted = fleet.Repo.Files();

        TakeBack(fleet.Repo, before, isRewritten);
        fleet.Seen.SuspectAll("fleet");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe([.. wanted, "base/clusters/c2/notes.md"], ignoreOrder: true);
        wanted.ShouldAllBe(path => !path.StartsWith("base/clusters/c2/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_placed_again_after_that_is_not_in_its_own_way()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        var before = fleet.Repo.Head()!;
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();

        fleet.Repo.In("update-ref", "refs/heads/main", before);
        await fleet.PublishAsync("redis", 2, "a");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.SyncAsync();

        var placement = (await fleet.PlacementAsync("redis", "c1"))!;
        (placement.StalledReason, placement.WrittenRevision).ShouldBe((null, 2));
        fleet.Repo.Show(fleet.Repo.Files().Single(path => path.Contains("/placements/redis/"))).ShouldContain("revision: \"2\"");
    }

    [Theory]
    [InlineData(true, "the directory base/clusters/c1/placements/redis was replaced by a symbolic link")]
    [InlineData(false, "was replaced by a directory")]
    public async Task What_was_put_in_place_of_a_placement_goes_with_it(bool isLink, string said)
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1"], "a");
        var without = WithoutRedis(fleet);

        var map = fleet.Repo.Files().Single(path => path.Contains("/placements/redis/"));
        if (isLink) fleet.Repo.Replace("main", "base/clusters/c1/placements/redis", "120000");
        else fleet.Repo.Commit("main", "deeper", (map, null), ($"{map}/deep/er.txt", "x"));
        await fleet.WithdrawAsync("redis", "c1");
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(without);
        (await fleet.StatusAsync()).Message.ShouldContain(said);
        await fleet.PlaceAsync("redis", 1, "c1");
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBeNull();
    }

    private static string[] WithoutRedis(DeliveryFleet fleet) => [.. fleet.Repo.Files().Where(path => !path.Contains("redis"))];

    private static void TakeBack(GitRepo repo, string to, bool isRewritten) =>
        repo.In("update-ref", "refs/heads/main", isRewritten ? repo.In("-c", "user.name=S", "-c", "user.email=s@x", "commit-tree", $"{to}^{{tree}}", "-m", "new").Trim() : to);
}
