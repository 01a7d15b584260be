using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What the hold of a batch says, what it stands for, and how it ends.</summary>
public sealed class HeldBatchTests(TestPostgres postgres)
{
    [Fact]
    public async Task The_impact_says_what_a_release_would_take_away()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis' AND cluster = 'c1'");
        await fleet.TouchAsync("c1");
        var failure = await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);

        var hold = (await fleet.HoldsAsync()).Single();
        failure.Message.ShouldBe($"Hold {hold.Name} waits for a decision: 3 files would be removed that no confirmed change removes.");
        var impact = JsonNode.Parse(hold.Impact)!;
        var removal = impact["removals"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)removal["placement"]!, removal["objects"]!.ToJsonString()).ShouldBe(("redis.c1", """["/ConfigMap/x/a","/ConfigMap/x/b"]"""));
        removal["files"]!.AsArray().Count.ShouldBe(3);
        impact.AsObject().Remove("removals");
        impact.ToJsonString().ShouldBe(
            """{"clusters":1,"environments":["ops"],"external":0,"placements":{"Add":0,"Update":0,"Remove":1,"Retain":0,"Block":0},"objects":{"added":0,"changed":0,"removed":2}}""");
        hold.External.ShouldBeFalse();
    }

    [Fact]
    public async Task A_batch_that_grew_is_another_one()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis' AND cluster = 'c1'");
        await fleet.TouchAsync("c1");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        var hold = (await fleet.HoldsAsync()).Single();
        await fleet.RunAsync("UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis' AND cluster = 'c2'");
        await fleet.TouchAsync("c2");

        // While nobody decided, the hold follows the batch.
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        var grown = (await fleet.HoldsAsync()).ShouldHaveSingleItem();
        (grown.Number, grown.Items.Length, grown.Generation).ShouldBe((hold.Number, 2 * hold.Items.Length, 2));

        // Once it is decided, what comes later is not meant.
        await fleet.DecideAsync(grown, HoldPhase.Released);
        await fleet.RunAsync("UPDATE clusters SET leaving = true WHERE name = 'c2'");
        await fleet.TouchAsync("c2");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        (await fleet.HoldsAsync()).Select(row => row.Phase).ShouldBe([HoldPhase.Released, HoldPhase.Held]);
        (await fleet.HoldsAsync())[1].Items.Intersect(grown.Items).ShouldBeEmpty();

        await fleet.DecideAsync((await fleet.HoldsAsync())[1], HoldPhase.Released);
        await fleet.SyncAsync();
        fleet.Repo.Files().ShouldAllBe(file => file.StartsWith("base/clusters/c1/"));
    }

    [Fact]
    public async Task A_hold_whose_reason_is_gone_ends_by_itself()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
        await fleet.RunAsync("UPDATE clusters SET leaving = true WHERE name = 'c2'");
        await fleet.TouchAsync("c2");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        (await fleet.StatusAsync()).Reason.ShouldBe("Held");

        await fleet.RunAsync("UPDATE clusters SET leaving = false WHERE name = 'c2'");
        await fleet.SyncAsync();

        var hold = (await fleet.HoldsAsync()).Single();
        (hold.Phase, hold.By, hold.Settled).ShouldBe((HoldPhase.Discarded, "promises", true));
        hold.Note!.ShouldContain("reason is gone");
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task More_external_clusters_than_allowed_wait_for_a_release()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        fleet.Limits = new() { MaxExternalClusters = 2 };
        fleet.Restart();
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        await fleet.RunAsync("UPDATE environments SET audience = 'External'");
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        (await fleet.HoldsAsync()).ShouldBeEmpty();

        await fleet.PublishAsync("redis", 2, "a", "b");
        await fleet.PlaceAsync("redis", 2, "c1", "c2", "c3");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        var hold = (await fleet.HoldsAsync()).Single();
        (hold.Reason, hold.External).ShouldBe((HoldReason.TooManyExternalClusters, true));
        hold.Items.ShouldBe(["c1", "c2", "c3"]);
        hold.Impact.ShouldContain(""" "external":3,"placements":{"Add":1,"Update":2,"Remove":0,"Retain":0,"Block":0},"objects":{"added":4,"changed":2,"removed":0} """.Trim());

        await fleet.DecideAsync(hold, HoldPhase.Discarded);
        (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("HoldDiscarded");
        (await fleet.HoldsAsync()).Count.ShouldBe(1);

        // The next change for the store is asked about again.
        await fleet.TouchAsync("c1");
        (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("Held");
        await fleet.DecideAsync((await fleet.HoldsAsync())[1], HoldPhase.Released);
        await fleet.SyncAsync();
        (await fleet.PlacementAsync("redis", "c3"))!.WrittenRevision.ShouldBe(2);

        // A release is for one batch.
        await fleet.PublishAsync("redis", 3, "a", "b", "c");
        await fleet.PlaceAsync("redis", 3, "c1", "c2", "c3");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        (await fleet.HoldsAsync()).Count.ShouldBe(3);
    }
}
