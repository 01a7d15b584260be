using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;
using static Promises.Server.Tests.Reconciling.ProposingFleet;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A database that is older than what was merged, in a store that is not pushed to.</summary>
public sealed class ProposalRestoreTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_restored_database_proposes_nothing_until_its_hold_is_released_and_then_proposes_to_have_its_way()
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        await fleet.MergedAsync();
        var (files, backup) = (fleet.Repo.Files(), await fleet.BackUpAsync(postgres));
        for (var i = 0; i < 5; i++) await fleet.TouchAsync();
        await PlaceAsync(fleet, "kafka", "c1");
        await fleet.SyncAsync();
        fleet.Repo.Merge(Ops, MergeBy.Commit);
        await fleet.SyncAsync();
        fleet.Repo.In("update-ref", "-d", $"refs/heads/{Ops}");

        var restored = await fleet.RestoredAsync(backup);
        await restored.TouchAsync("c1");
        (await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync)).Reason.ShouldBe("Held");
        var hold = (await restored.HoldsAsync()).ShouldHaveSingleItem();
        hold.Reason.ShouldBe(HoldReason.RestoredDatabase);
        fleet.Repo.Head(Ops).ShouldBeNull();

        await restored.DecideAsync(hold, HoldPhase.Released);
        await restored.SyncAsync();
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D ") && line.Contains("kafka"));
        // The commits that brought it are not news any more, and it is proposed again all the same.
        fleet.Repo.Commit("main", "theirs", ("more.txt", "x"));
        await restored.SyncAsync();
        fleet.Repo.Differs("main", Ops).ShouldAllBe(line => line.StartsWith("D ") && line.Contains("kafka"));
        await restored.MergedAsync();

        fleet.Repo.Files().Except(files).ShouldBe(["more.txt"]);
        (await restored.HoldsAsync()).ShouldHaveSingleItem().Settled.ShouldBeTrue();
        (await restored.BehindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_proposal_that_a_restored_database_does_not_know_of_is_not_overwritten()
    {
        await using var fleet = await StartAsync(postgres);
        await fleet.SyncAsync();
        await fleet.MergedAsync();
        var backup = await fleet.BackUpAsync(postgres);
        await PlaceAsync(fleet, "kafka", "c1");
        await fleet.SyncAsync();
        var proposed = fleet.Repo.Head(Ops);

        var restored = await fleet.RestoredAsync(backup);
        await restored.RegisterAsync("c2");
        (await Should.ThrowAsync<StoreSyncException>(restored.SyncAsync)).Reason.ShouldBe("ProposalChanged");

        fleet.Repo.Head(Ops).ShouldBe(proposed);
    }

    /// <summary>Hosts write messages of their own, with ours in them or without.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_merged_by_squash_is_no_news_whatever_the_message_says(bool keepsTrailers)
    {
        await using var fleet = await StartAsync(postgres);
        await PlaceAsync(fleet, "redis", "c1");
        await fleet.SyncAsync();
        var message = keepsTrailers ? $"Merged (#7)\n\n* {fleet.Repo.Message(Ops).Replace("\n", "\n  ")}" : "Merged (#7)";
        var merged = fleet.Repo.Merge(Ops, MergeBy.Squash, message);
        // It is merged long before anybody looks.
        for (var i = 0; i < 5; i++) await fleet.TouchAsync("c1");
        fleet.Restart();

        await fleet.SyncAsync();

        (await fleet.HoldsAsync()).ShouldBeEmpty();
        (await fleet.PlacementAsync("redis", "c1"))!.Commit.ShouldBe(merged);
    }
}
