using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A database that is older than its branch, and branches that only look as if they were newer.</summary>
public sealed class RestoreTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_restored_database_writes_nothing_until_its_hold_is_released_and_then_has_its_way()
    {
        await using var fleet = await WrittenAsync();
        var (files, backup) = (fleet.Repo.Files(), await fleet.BackUpAsync(postgres));
        await AgeAsync(fleet);
        await fleet.PublishAsync("redis", 2, "a", "c");
        await fleet.PlaceAsync("redis", 2, "c1");
        await fleet.SyncAsync();
        await fleet.PublishAsync("kafka", 1, "k");
        await fleet.PlaceAsync("kafka", 1, "c1", "c2");
        await fleet.WithdrawAsync("redis", "c2");
        await fleet.RegisterAsync("c9");
        await fleet.SyncAsync();
        fleet.Repo.Commit("main", "theirs", ("base/clusters/c1/notes.md", "mine"));
        var head = fleet.Repo.Head();

        var restored = fleet.Restored(backup);
        await restored.RegisterAsync("c3");
        (await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync)).Reason.ShouldBe("Held");

        fleet.Repo.Head().ShouldBe(head);
        var hold = (await restored.HoldsAsync()).ShouldHaveSingleItem();
        (hold.Reason, hold.BranchVersion, hold.Tip).ShouldBe((HoldReason.RestoredDatabase, 12, head));
        hold.Message.ShouldContain("commits up to fleet version 12 that the database, which was at 4, does not know of");
        JsonNode.Parse(hold.Impact)!["removals"]!.AsArray().Select(removal => (string?)removal!["placement"]).ShouldBe(["kafka.c1", "kafka.c2", "redis.c1"]);
        (await restored.StatusAsync()).Reason.ShouldBe("Held");

        await restored.DecideAsync(hold, HoldPhase.Released);
        await restored.SyncAsync();

        // Clusters that the database never heard of are nobody's to remove.
        fleet.Repo.Files().Where(file => !file.Contains("/c3/") && !file.Contains("/c9/") && !file.EndsWith("notes.md")).ShouldBe(files);
        fleet.Repo.Files().ShouldContain("base/clusters/c3/README.md");
        fleet.Repo.Files().ShouldContain("base/clusters/c9/README.md");
        fleet.Repo.Show("base/clusters/c1/notes.md").ShouldBe("mine");
        fleet.Repo.In("rev-parse", "main~1").Trim().ShouldBe(head);

        // Numbers go on above those that the branch knows, so nothing looks newer than it is.
        (await restored.RegisterAsync("c4")).ShouldBeGreaterThan(12);
        restored.Restart();
        fleet.Repo.Commit("main", "theirs", ("their.txt", "x"));
        await restored.SyncAsync();
        (await restored.HoldsAsync()).ShouldAllBe(row => row.Settled);
    }

    [Fact]
    public async Task What_is_done_again_before_the_release_is_not_removed_by_it()
    {
        await using var fleet = await WrittenAsync();
        var backup = await fleet.BackUpAsync(postgres);
        await AgeAsync(fleet);
        await fleet.PublishAsync("kafka", 1, "k");
        await fleet.PlaceAsync("kafka", 1, "c1", "c2");
        await fleet.SyncAsync();
        var files = fleet.Repo.Files();

        var restored = fleet.Restored(backup);
        await restored.TouchAsync("c1");
        await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync);
        (await restored.HoldsAsync()).Single().Items.Length.ShouldBe(1 + 4);

        await restored.PublishAsync("kafka", 1, "k");
        await restored.PlaceAsync("kafka", 1, "c1", "c2");
        await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync);
        var hold = (await restored.HoldsAsync()).Single();
        hold.Items.ShouldBe(["main:"]);
        await restored.DecideAsync(hold, HoldPhase.Released);
        await restored.SyncAsync();

        fleet.Repo.Files().ShouldBe(files);
        (await restored.PlacementAsync("kafka", "c1"))!.WrittenRevision.ShouldBe(1);
    }

    [Fact]
    public async Task Discarded_it_stays_read_only_until_something_changes_and_ends_when_the_branch_goes_back()
    {
        await using var fleet = await WrittenAsync();
        var (before, backup) = (fleet.Repo.Head()!, await fleet.BackUpAsync(postgres));
        await AgeAsync(fleet);
        await fleet.RegisterAsync("c9");
        await fleet.SyncAsync();
        var head = fleet.Repo.Head();

        var restored = fleet.Restored(backup);
        await restored.TouchAsync("c1");
        await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync);
        await restored.DecideAsync((await restored.HoldsAsync()).Single(), HoldPhase.Discarded);
        (await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync)).Reason.ShouldBe("HoldDiscarded");
        (await restored.HoldsAsync()).Count.ShouldBe(1);

        await restored.TouchAsync("c1");
        (await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync)).Reason.ShouldBe("Held");
        (await restored.HoldsAsync()).Count.ShouldBe(2);
        fleet.Repo.Head().ShouldBe(head);

        fleet.Repo.In("update-ref", "refs/heads/main", before);
        await restored.SyncAsync();
        (await restored.HoldsAsync()).ShouldAllBe(row => row.Settled && row.Phase == HoldPhase.Discarded);
        (await restored.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_new_database_on_a_branch_that_another_one_wrote_is_asked_about_and_removes_nothing()
    {
        await using var fleet = await WrittenAsync();
        await using var other = await DeliveryFleet.StartAsync(postgres);
        await other.RunAsync($"UPDATE state_stores SET url = '{fleet.Repo.Url}'");
        var files = fleet.Repo.Files();
        await other.RegisterAsync("c1");

        await Should.ThrowAsync<StoreSyncException>(other.SyncAsync);
        var hold = (await other.HoldsAsync()).Single();
        hold.Reason.ShouldBe(HoldReason.RestoredDatabase);
        await other.DecideAsync(hold, HoldPhase.Released);
        await other.SyncAsync();

        files.ShouldBeSubsetOf(fleet.Repo.Files());
    }

    [Theory]
    [InlineData("amend")]
    [InlineData("cherry-pick")]
    [InlineData("rebase")]
    [InlineData("squash")]
    public async Task Commits_of_ours_in_other_hands_are_no_news(string how)
    {
        await using var fleet = await WrittenAsync();
        await fleet.RegisterAsync("c3");
        await fleet.SyncAsync();
        var repo = fleet.Repo;
        var (tree, message) = (repo.In("rev-parse", "main^{tree}").Trim(), repo.Message());
        var made = how switch
        {
            "amend" => Commit(tree, message + "\nReviewed-by: somebody\n", "main~1"),
            "cherry-pick" => Commit(tree, message, Commit(repo.In("rev-parse", "main~1^{tree}").Trim(), "Revert it", "main")),
            "rebase" => Commit(tree, message, Commit(repo.In("rev-parse", "main~1^{tree}").Trim(), repo.Message("main~1"), null)),
            _ => Commit(tree, $"All of it\n\n    {repo.Message("main~1").Replace("\n", "\n    ")}\n    {message.Replace("\n", "\n    ")}", null),
        };
        repo.In("update-ref", "refs/heads/main", made);

        await fleet.RegisterAsync("c4");
        await fleet.SyncAsync();

        (await fleet.HoldsAsync()).ShouldBeEmpty();
        repo.Files().ShouldContain("base/clusters/c3/README.md");
        repo.Files().ShouldContain("base/clusters/c4/README.md");
        repo.In("merge-base", "--is-ancestor", made, "main");

        string Commit(string tree, string message, string? parent) => repo.In(
            ["-c", "user.name=Somebody", "-c", "user.email=s@example.com", "commit-tree", tree, "-m", message, .. parent is null ? Array.Empty<string>() : ["-p", parent]]).Trim();
    }

    [Theory]
    [InlineData("Promises-Store: other\nPromises-Version: 1000", false)]
    [InlineData("Promises-Store: fleet\nPromises-Version: 1000", true)]
    [InlineData("Promises-Version: 1000", true)]
    [InlineData("Promises-Store: fleet\nPromises-Version: 3", false)]
    [InlineData("Promises-Version: 3", false)]
    [InlineData("Promises-Version: many", false)]
    [InlineData("Promises-Store: fleet\nPromises-Version: 4", true)]
    [InlineData("Promises-Version: 4", false)]
    public async Task Whose_a_commit_is_and_how_new_stands_in_its_trailers(string trailers, bool holds)
    {
        await using var fleet = await WrittenAsync();
        (await fleet.DeliveryAsync())!.ReflectedVersion.ShouldBe(3);
        fleet.Repo.Commit("main", $"Something\n\n{trailers}\n", ("elsewhere/file", "x"));
        await fleet.TouchAsync("c1");
        fleet.Restart();

        if (holds) (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("Held");
        else await fleet.SyncAsync();
        (await fleet.HoldsAsync()).Any().ShouldBe(holds);
    }

    [Fact]
    public async Task A_branch_that_was_set_back_is_brought_forward()
    {
        await using var fleet = await WrittenAsync();
        var before = fleet.Repo.Head()!;
        await fleet.PublishAsync("kafka", 1, "k");
        await fleet.PlaceAsync("kafka", 1, "c1", "c2");
        await fleet.SyncAsync();
        var files = fleet.Repo.Files();
        fleet.Repo.In("update-ref", "refs/heads/main", before);

        await fleet.TouchAsync("c1");
        fleet.Restart();
        await fleet.SyncAsync();

        fleet.Repo.Files().ShouldBe(files);
        (await fleet.HoldsAsync()).ShouldBeEmpty();
    }

    /// <summary>Changes that say nothing to this store, so that one database is well ahead of the other.</summary>
    private static async Task AgeAsync(DeliveryFleet fleet)
    {
        for (var i = 0; i < 5; i++) await fleet.TouchAsync();
    }

    /// <summary>Two clusters with one placement, on the branch, at fleet version 3.</summary>
    private async Task<DeliveryFleet> WrittenAsync()
    {
        var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await fleet.RegisterAsync("c2");
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        return fleet;
    }
}
