using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What the rows ask to be removed and nobody confirmed stays on the branch until somebody decides.</summary>
public sealed class BrakeTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Damage =>
    [
        "UPDATE placements SET leaving = true, digest = NULL WHERE promise = 'redis'",
        "UPDATE placements SET digest = NULL WHERE promise = 'redis'",
        "UPDATE clusters SET leaving = true WHERE name = 'c2'",
        "UPDATE clusters SET agent = 'Argocd'",
        "UPDATE state_stores SET layout = 'Kratix'; UPDATE placements SET digest = 'sha256:0'",
        "UPDATE placements SET digest = 'sha256:0'; UPDATE revisions SET content = replace(content, '\"name\":\"b\"', '\"name\":\"z\"'), digest = 'sha256:z'",
    ];

    [Theory]
    [MemberData(nameof(Damage))]
    public async Task Rows_that_are_wrong_remove_nothing_until_the_hold_is_released(string damage)
    {
        await using var fleet = await WrittenAsync();
        var (files, head) = (fleet.Repo.Files(), fleet.Repo.Head());
        await fleet.RunAsync(damage);
        await fleet.TouchAsync("c1", "c2");

        (await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync)).Reason.ShouldBe("Held");
        fleet.Restart();
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);

        fleet.Repo.Head().ShouldBe(head);
        var hold = (await fleet.HoldsAsync()).ShouldHaveSingleItem();
        (hold.Reason, hold.Phase, hold.Tip, hold.Generation).ShouldBe((HoldReason.UnconfirmedRemoval, HoldPhase.Held, head, 1));
        var lost = JsonNode.Parse(hold.Impact)!["removals"]!.AsArray().SelectMany(removal => removal!["files"]!.AsArray()).Select(path => (string)path!).Order(StringComparer.Ordinal).ToList();
        lost.ShouldNotBeEmpty();
        lost.ShouldBeSubsetOf(files);
        hold.Items.ShouldBe(lost.Select(path => "main:" + path));

        await fleet.DecideAsync(hold, HoldPhase.Released);
        await fleet.SyncAsync();

        fleet.Repo.Files().Intersect(lost).ShouldBeEmpty();
        (await fleet.HoldsAsync()).Single().Settled.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Damage))]
    public async Task What_is_discarded_stays_on_the_branch_and_the_rest_of_the_batch_is_written(string damage)
    {
        await using var fleet = await WrittenAsync();
        var files = fleet.Repo.Files();
        await fleet.RunAsync(damage);
        await fleet.RegisterAsync("c3");
        await fleet.TouchAsync("c1", "c2");
        await Should.ThrowAsync<StoreSyncException>(fleet.SyncAsync);
        var hold = (await fleet.HoldsAsync()).Single();

        await fleet.DecideAsync(hold, HoldPhase.Discarded);
        await fleet.SyncAsync();

        files.ShouldBeSubsetOf(fleet.Repo.Files());
        fleet.Repo.Files().ShouldContain("base/clusters/c3/README.md");
        (await fleet.StatusAsync()).PendingClusters.ShouldBe(0);

        (await fleet.HoldsAsync()).Single().Settled.ShouldBeTrue();

        // From now on they are somebody else's: a later write does not know them.
        await fleet.TouchAsync("c1", "c3");
        await fleet.SyncAsync();
        files.ShouldBeSubsetOf(fleet.Repo.Files());
        (await fleet.HoldsAsync()).ShouldAllBe(row => row.Settled);
    }

    [Fact]
    public async Task Rows_that_are_gone_take_no_file_with_them()
    {
        await using var fleet = await WrittenAsync();
        var files = fleet.Repo.Files();
        foreach (var damage in new[]
        {
            "SET session_replication_role = replica; DELETE FROM file_manifests",
            "DELETE FROM cluster_delivery",
            "DELETE FROM placements WHERE cluster = 'c1'",
        })
        {
            await fleet.RunAsync(damage);
            await fleet.TouchAsync("c1", "c2");
            fleet.Restart();
            await fleet.SyncAsync();
            files.ShouldBeSubsetOf(fleet.Repo.Files(), damage);
        }
    }

    [Fact]
    public async Task The_impact_says_what_a_release_would_take_away()
    {
        await using var fleet = await WrittenAsync();
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
        await using var fleet = await WrittenAsync();
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
        await using var fleet = await WrittenAsync();
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
    public async Task Evidence_is_spent_with_its_change_and_kept_for_what_is_stalled()
    {
        await using var fleet = await WrittenAsync();
        await fleet.PublishAsync("redis", 2, "a", "c");
        var obstacle = fleet.Repo.Files().Single(file => file.Contains("/c1/placements/redis/") && file.Contains("-b-")).Replace("-b-", "-c-");
        await fleet.PlaceAsync("redis", 2, "c1", "c2");
        (await fleet.RowsAsync("removal_grants")).ShouldBe(2);
        var name = NameOf("c");
        fleet.Repo.Commit("main", "theirs", ($"base/clusters/c1/placements/redis/{name}", "theirs"));
        await fleet.SyncAsync();

        obstacle.ShouldNotBeNull();
        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBe("ForeignFile");
        (await fleet.RowsAsync("removal_grants")).ShouldBe(1);

        fleet.Repo.Commit("main", "out of the way", ($"base/clusters/c1/placements/redis/{name}", null));
        await fleet.RegisterAsync("c3");
        await fleet.SyncAsync();

        (await fleet.PlacementAsync("redis", "c1"))!.StalledReason.ShouldBeNull();
        (await fleet.RowsAsync("removal_grants")).ShouldBe(0);
        (await fleet.HoldsAsync()).ShouldBeEmpty();
        fleet.Repo.Files().ShouldNotContain(file => file.Contains("-b-"));
    }

    [Fact]
    public async Task A_file_that_only_changes_its_name_is_not_lost()
    {
        await using var fleet = await WrittenAsync();
        // As an earlier version of the renderer named them.
        foreach (var cluster in new[] { "c1", "c2" })
        {
            var files = fleet.Repo.Files().Where(file => file.StartsWith($"base/clusters/{cluster}/placements/")).ToArray();
            fleet.Repo.Commit("main", "renamed", [.. files.Select(file => (file, (string?)null)), .. files.Select(file => (file.Replace("/20-", "/77-"), (string?)fleet.Repo.Show(file)))]);
        }

        await fleet.RunAsync($"UPDATE store_delivery SET head = '{fleet.Repo.Head()}'");
        await fleet.RunAsync("UPDATE file_manifests SET files = replace(files::text, '/20-', '/77-')::jsonb; UPDATE placements SET written_digest = 'sha256:old'");
        await fleet.TouchAsync("c1", "c2");
        fleet.Restart();
        await fleet.SyncAsync();

        (await fleet.HoldsAsync()).ShouldBeEmpty();
        fleet.Repo.Files().ShouldNotContain(file => file.Contains("/77-"));
        fleet.Repo.Files().Count(file => file.Contains("/20-")).ShouldBe(4);
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

    private static string NameOf(string map) => Manifests.FileNames.For(Manifests.ManifestObject.From(
        (JsonObject)JsonNode.Parse($$$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{{map}}}", "namespace": "x"}}""")!).Identity);

    /// <summary>Two clusters with one placement of two objects each, on the branch.</summary>
    private async Task<DeliveryFleet> WrittenAsync()
    {
        var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1", "c2");
        await fleet.PublishAsync("redis", 1, "a", "b");
        await fleet.PlaceAsync("redis", 1, "c1", "c2");
        await fleet.SyncAsync();
        (await fleet.HoldsAsync()).ShouldBeEmpty();
        return fleet;
    }
}
