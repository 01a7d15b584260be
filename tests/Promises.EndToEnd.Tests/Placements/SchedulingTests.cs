using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Reconciling;
using Promises.Testing;
using static Promises.EndToEnd.Tests.Placements.PlacementReading;

namespace Promises.EndToEnd.Tests.Placements;

/// <summary>What is placed where, and what a change of something else does to it.</summary>
public sealed class SchedulingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Blocked_newcomers_are_placed_by_the_change_that_frees_them()
    {
        var (one, two, needy, cluster) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, $"{one}=1"));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(one, Fleet.Selecting(one, "1"), one, """  "provides": [{"capability": "cni", "exclusive": true}]  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(two, Fleet.Selecting(one, "1"), $"{one},{two}", """  "provides": [{"capability": "cni", "exclusive": true}]  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(needy, Fleet.Selecting(one, "1"), needy, $$"""  "requires": [{"promise": "{{two}}"}]  """));
        Reason(await Client.PlacementAsync($"{two}.{cluster}")).ShouldBe(("Blocked", "ExclusiveCapability"));
        Reason(await Client.PlacementAsync($"{needy}.{cluster}")).ShouldBe(("Blocked", "RequirementMissing"));

        await Client.DoneAsync("PUT", $"/promises/{one}", Fleet.Promise(one, Fleet.Selecting(one, "1"), one));
        Reason(await Client.PlacementAsync($"{two}.{cluster}")).ShouldBe(("Blocked", "ObjectCollision"));
        var freed = await Client.DoneAsync("PUT", $"/promises/{one}", Fleet.Promise(one, Fleet.Selecting(one, "1"), $"other-{one}"));
        var impact = (await Client.GetAsync($"/changes/{freed.Header("Promises-Change")}")).Json["status"]!["impact"]!;
        ((int)impact["placements"]!["Add"]!).ShouldBe(2);
        await Client.SettledAsync();
        (await Client.StateAsync($"{two}.{cluster}"), await Client.StateAsync($"{needy}.{cluster}")).ShouldBe(("Written", "Written"));
        fixture.Server.Embedded().Show($"clusters/{cluster}/flux/{needy}.yaml").ShouldContain($"name: {two}");
    }

    [Fact]
    public async Task Composite_for_all_clusters_reaches_tainted_cordoned_unlabelled_and_future_ones_and_each_member_is_there_once()
    {
        var (whole, other, part, clusters) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("p"), Enumerable.Range(0, 4).Select(_ => Fleet.Name("c")).ToArray());
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(clusters[0]), Fleet.Cluster(clusters[1], "", """  "cordoned": true  """),
            Fleet.Cluster(clusters[2], "", """  "taints": [{"key": "gpu", "effect": "NoPlacement"}]  """),
            Fleet.Promise(part, """  "onlyIncluded": true  """, part),
            Fleet.Promise(whole, """  "allClusters": true  """, "", $$"""  "includes": [{"promise": "{{part}}"}]  """),
            Fleet.Promise(other, """  "allClusters": true  """, "", $$"""  "includes": [{"promise": "{{part}}"}]  """)));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(clusters[3]));
        await Client.SettledAsync();
        foreach (var cluster in clusters)
        {
            var placement = await Client.PlacementAsync($"{part}.{cluster}");
            placement["status"]!["includedBy"]!.ToJsonString().ShouldBe(new JsonArray([.. new[] { whole, other }.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]).ToJsonString());
            Condition(placement, "Scheduled").Reason.ShouldBe("Included");
            var parent = await Client.PlacementAsync($"{whole}.{cluster}");
            ((string)parent["status"]!["state"]!, parent["status"]!["commit"]).ShouldBe(("Written", null));
            Condition(parent, "Scheduled").Reason.ShouldBe("AllClusters");
        }

        // Both are for every cluster of this server: the other tests do without.
        foreach (var name in new[] { whole, other }) await Client.DoneAsync("DELETE", $"/promises/{name}");
        (await Client.StateAsync($"{part}.{clusters[0]}")).ShouldBeOneOf("Retained", "Pending");
        await Client.DoneAsync("DELETE", $"/promises/{part}");
        await Client.SettledAsync();
        (await Client.GetAsync($"/placements?promise={part}")).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Member_whose_pin_is_out_of_range_is_blocked_until_it_fits()
    {
        var (whole, part, cluster) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(cluster, $"{whole}=1"), Fleet.Promise(part, """  "onlyIncluded": true  """, part, """  "version": "1.0.0"  """),
            Fleet.Promise(whole, Fleet.Selecting(whole, "1"), "", $$"""  "includes": [{"promise": "{{part}}", "version": ">=2.0.0"}]  """)));
        Reason(await Client.PlacementAsync($"{part}.{cluster}")).ShouldBe(("Blocked", "MemberNotPinned"));
        await Client.DoneAsync("PUT", $"/promises/{part}", Fleet.Promise(part, """  "onlyIncluded": true  """, part, """  "version": "2.0.0"  """));
        await Client.SettledAsync();
        Reason(await Client.PlacementAsync($"{part}.{cluster}")).ShouldBe(("Written", "Included"));
    }

    [Fact]
    public async Task Resync_adds_what_was_missed_writes_outdated_ones_anew_and_removes_nothing()
    {
        var (promise, kept, lost, drifted) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("c"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(kept, $"{promise}=1"), Fleet.Cluster(lost, $"{promise}=1"), Fleet.Cluster(drifted, $"{promise}=1"),
            Fleet.Promise(promise, Fleet.Selecting(promise, "1") + """, "onUnmatch": "Withdraw" """, promise)));
        await Client.SettledAsync();

        var database = fixture.Server.Services.GetRequiredService<NpgsqlDataSource>();
        await using (var edit = database.CreateCommand(
            $$"""
            UPDATE clusters SET labels = '{}' WHERE name = '{{kept}}';
            DELETE FROM placements WHERE cluster = '{{lost}}';
            -- A version without events: whoever moves forward has to load it all.
            UPDATE fleet SET version = version + 1;
            UPDATE placements SET digest = 'sha256:old', written_digest = 'sha256:old' WHERE cluster = '{{drifted}}';
            """)) await edit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await fixture.Server.Services.GetServices<IHostedService>().OfType<SchedulingReconciler>().Single().ResyncAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{promise}.{lost}")).Status == 200);
        await Wait.UntilAsync(async () => Condition(await Client.PlacementAsync($"{promise}.{kept}"), "Scheduled").Reason == "AwaitingConfirmation");
        await Wait.UntilAsync(async () => (string)(await Client.PlacementAsync($"{promise}.{drifted}"))["status"]!["digest"]! != "sha256:old");
        ((string)(await Client.VerdictAsync(promise, kept))["outcome"]!).ShouldBe("Retained");

        (await Client.PutAsync($"/clusters/{kept}/labels/more", Fleet.Node("""{"value": "1"}"""))).Status.ShouldBe(200);
        Condition(await Client.PlacementAsync($"{promise}.{kept}"), "Scheduled").Reason.ShouldBe("AwaitingConfirmation");
        (await Client.DeleteAsync($"/placements/{promise}.{kept}")).ShouldBeProblem(409, "impact-confirmation-required");
        await Client.DoneAsync("DELETE", $"/placements/{promise}.{kept}");
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{promise}.{kept}")).Status == 404);
    }
}
