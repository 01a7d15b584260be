using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>What the rows ask to be removed and nobody confirmed stays on the branch until somebody decides.</summary>
public sealed class BrakeTests(TestPostgres postgres)
{
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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
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
    public async Task Evidence_is_spent_with_its_change_and_kept_for_what_is_stalled()
    {
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
        await fleet.PublishAsync("redis", 2, "a", "c");
        await fleet.PlaceAsync("redis", 2, "c1", "c2");
        (await fleet.RowsAsync("removal_grants")).ShouldBe(2);
        var name = NameOf("c");
        fleet.Repo.Commit("main", "theirs", ($"base/clusters/c1/placements/redis/{name}", "theirs"));
        await fleet.SyncAsync();

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
        await using var fleet = await WrittenFleet.StartAsync(postgres, ["c1", "c2"], "a", "b");
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

    private static string NameOf(string map) => Manifests.FileNames.For(Manifests.ManifestObject.From(
        (JsonObject)JsonNode.Parse($$$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{{map}}}", "namespace": "x"}}""")!).Identity);
}
