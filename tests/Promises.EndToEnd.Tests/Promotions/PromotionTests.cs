using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Promotions;

public sealed class PromotionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Promotion_moves_pins_and_is_kept()
    {
        var promise = Fleet.Name("p");
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise));
        var made = await Client.PostAsync("/promotions", Promotion("ops", "apps", promise));
        made.Status.ShouldBe(201, made.Text);
        var name = (string)made.Json["metadata"]!["name"]!;
        made.Header("Location").ShouldBe($"/promotions/{name}");
        name.ShouldBe($"p-{made.Header("Promises-Change")}");
        made.Json["status"]!["pins"]!.ToJsonString().ShouldBe($$"""[{"promise":"{{promise}}","from":null,"to":1}]""");
        ((string)made.Json["status"]!["phase"]!, (string)made.Json["status"]!["by"]!).ShouldBe(("Succeeded", "admin"));
        (await Client.GetAsync($"/promotions/{name}")).Text.ShouldBe(made.Text);
        ((string)(await Client.GetAsync("/promotions")).Json["items"]![0]!["metadata"]!["name"]!).ShouldBe(name);
        (await Client.GetAsync($"/promises/{promise}")).Json["status"]!["pins"]!.ToJsonString().ShouldBe("""{"apps":1,"ops":1}""");

        var again = await Client.PostAsync("/promotions", Promotion("ops", "apps", promise));
        (again.Status, again.Header("Promises-Change"), again.Json["status"]!["pins"]!.ToJsonString()).ShouldBe((200, null, "[]"));
        (await Client.GetAsync("/promotions/p-99999")).ShouldBeProblem(404, "not-found");
    }

    [Fact]
    public async Task Promotion_to_another_than_the_next_rung_or_of_what_is_not_there_is_refused()
    {
        var promise = Fleet.Name("p");
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise));
        Rule(await Client.PostAsync("/promotions", Promotion("apps", "ops", promise))).ShouldBe("not-neighbours");
        Rule(await Client.PostAsync("/promotions", Promotion("ops", "ops", promise))).ShouldBe("not-neighbours");
        Rule(await Client.PostAsync("/promotions", Promotion("ops", "prod", promise))).ShouldBe("unknown-environment");
        Rule(await Client.PostAsync("/promotions", Promotion("ops", "apps", "no-such"))).ShouldBe("unknown-promise");
    }

    [Fact]
    public async Task Promotion_that_lacks_a_part_names_it_and_all_promotes_everything()
    {
        var (whole, part, needed) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("p"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Promise(part, """  "onlyIncluded": true  """, part), Fleet.Promise(needed, Fleet.Selecting(whole, "1"), needed),
            Fleet.Promise(whole, Fleet.Selecting(whole, "1"), whole, $$"""  "includes": [{"promise": "{{part}}"}], "requires": [{"promise": "{{needed}}"}]  """)));
        var refused = (await Client.PostAsync("/promotions", Promotion("ops", "apps", whole))).ShouldBeProblem(409, "promotion-incomplete");
        refused.Json["missing"]!.AsArray().Select(name => (string)name!).ShouldBe(new[] { part, needed }.Order(StringComparer.Ordinal));
        (await Client.PostAsync("/promotions", Fleet.Node("""{"spec": {"from": "ops", "to": "apps", "all": true}}"""))).Status.ShouldBe(201);
        (await Client.GetAsync($"/environments/apps")).Json["status"]!["pins"]!.AsObject().Select(pin => pin.Key).ShouldBeSubsetOf(
            (await Client.GetAsync($"/environments/ops")).Json["status"]!["pins"]!.AsObject().Select(pin => pin.Key));
        ((int)(await Client.GetAsync($"/promises/{whole}")).Json["status"]!["pins"]!["apps"]!).ShouldBe(1);
    }

    private static JsonObject Promotion(string from, string to, string promise) =>
        Fleet.Node($$"""{"spec": {"from": "{{from}}", "to": "{{to}}", "promises": ["{{promise}}"], "note": "tested"} }""");

    private static string Rule(Reply reply) => (string)reply.ShouldBeProblem(422, "invalid").Json["errors"]!.AsArray().ShouldHaveSingleItem()!["rule"]!;
}
