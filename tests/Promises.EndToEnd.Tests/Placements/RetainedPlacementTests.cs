using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;
using static Promises.EndToEnd.Tests.Placements.PlacementReading;

namespace Promises.EndToEnd.Tests.Placements;

/// <summary>Placements whose reason is gone, until somebody ends them.</summary>
public sealed class RetainedPlacementTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Placement_that_lost_its_label_is_retained_follows_the_pin_and_ends_with_a_token()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        var name = $"{promise}.{cluster}";
        await Client.DoneAsync("POST", "/apply", new JsonArray(Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        (await Client.DeleteAsync($"/placements/{name}")).ShouldBeProblem(409, "in-use");
        (await Client.DeleteAsync($"/clusters/{cluster}/labels/{promise}")).Status.ShouldBe(200);
        await Client.SettledAsync();
        (await Client.StateAsync(name)).ShouldBe("Retained");
        var since = Condition(await Client.PlacementAsync(name), "Scheduled");
        since.Reason.ShouldBe("Retained");

        (await Client.PutAsync($"/promises/{promise}", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), $"{promise}=2"))).Status.ShouldBe(200);
        await Client.SettledAsync();
        var followed = await Client.PlacementAsync(name);
        ((int)followed["spec"]!["revision"]!, (string)followed["status"]!["state"]!, (int)followed["metadata"]!["generation"]!).ShouldBe((2, "Retained", 2));
        fixture.Server.Embedded().In("grep", promise + "=2", "main", "--", $"clusters/{cluster}").ShouldNotBeEmpty();

        await Client.DoneAsync("PUT", $"/clusters/{cluster}/labels/{promise}", Fleet.Node("""{"value": "1"}"""));
        await Client.SettledAsync();
        (await Client.StateAsync(name)).ShouldBe("Written");
        Condition(await Client.PlacementAsync(name), "Scheduled").ShouldBe(("True", "Selected", since.At));

        await Client.DoneAsync("DELETE", $"/clusters/{cluster}/labels/{promise}");
        var asked = (await Client.DeleteAsync($"/placements/{name}")).ShouldBeProblem(409, "impact-confirmation-required");
        asked.Json["impact"]!["removals"]!.ToJsonString().ShouldBe($$"""[{"placement":"{{name}}","objects":["/ConfigMap/default/{{promise}}"]}]""");
        var ended = await Client.DeleteAsync($"/placements/{name}", ("Impact-Token", (string)asked.Json["impactToken"]!));
        (ended.Status, (string)ended.Json["status"]!["state"]!).ShouldBe((200, "Retained"));
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{name}")).Status == 404);
        await Client.SettledAsync();
        fixture.Server.Embedded().Files().ShouldNotContain(file => file.Contains(promise));
    }

    [Fact]
    public async Task Revision_that_withdraws_ends_what_is_retained_with_a_token()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Client.DoneAsync("DELETE", $"/clusters/{cluster}/labels/{promise}");
        var body = Fleet.Promise(promise, Fleet.Selecting(promise, "1") + """, "onUnmatch": "Withdraw" """, promise);
        var asked = (await Client.PutAsync($"/promises/{promise}", body)).ShouldBeProblem(409, "impact-confirmation-required");
        ((int)asked.Json["impact"]!["placements"]!["Remove"]!).ShouldBe(1);
        (await Client.PutAsync($"/promises/{promise}", body, ("Impact-Token", (string)asked.Json["impactToken"]!))).Status.ShouldBe(200);
        await Client.SettledAsync();
        (await Client.GetAsync($"/placements/{promise}.{cluster}")).Status.ShouldBe(404);
    }
}
