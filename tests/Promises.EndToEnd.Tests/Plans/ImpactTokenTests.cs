using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Model;
using Promises.Server.Features.Fleet;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Plans;

public sealed class ImpactTokenTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Removal_is_refused_with_its_impact_and_done_with_the_token_of_that()
    {
        var (promise, cluster) = await PlacedAsync();
        var path = $"/clusters/{cluster}/labels/{promise}";
        var asked = (await Client.DeleteAsync(path)).ShouldBeProblem(409, "impact-confirmation-required");
        asked.Json["impact"]!.ToJsonString().ShouldBe(
            $$$"""{"clusters":1,"environments":["ops"],"external":0,"placements":{"Add":0,"Update":0,"Remove":1,"Retain":0,"Block":0},"objects":{"added":0,"changed":0,"removed":1},"removals":[{"placement":"{{{promise}}}.{{{cluster}}}","objects":["/ConfigMap/default/{{{promise}}}"]}]}""");
        DateTimeOffset.Parse((string)asked.Json["expiresAt"]!, System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(TimeProvider.System.GetUtcNow().AddMinutes(10), TimeSpan.FromSeconds(30));
        (await Client.StateAsync($"{promise}.{cluster}")).ShouldNotBe("Withdrawing");
        (await Client.DeleteAsync(path, Token(asked))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Token_opens_nothing_but_the_request_it_was_given_for()
    {
        var (promise, cluster) = await PlacedAsync();
        var body = $$$"""{"metadata": {"labels": {"{{{promise}}}": null} } }""";
        var token = Token((await Client.PatchAsync($"/clusters/{cluster}", body)).ShouldBeProblem(409, "impact-confirmation-required"));
        (await Client.PatchAsync($"/clusters/{cluster}", body + " ", token)).ShouldBeProblem(409, "impact-confirmation-required");
        (await Client.PatchAsync($"/clusters/{cluster}?dryRun=false&", body, token)).Status.ShouldBe(200, "The path counts without dryRun.");

        var (other, there) = await PlacedAsync();
        (await Client.DeleteAsync($"/clusters/{there}/labels/{other}", token)).ShouldBeProblem(409, "impact-confirmation-required");
        (await Client.DeleteAsync($"/clusters/{there}/labels/{other}", ("Impact-Token", "nonsense"))).ShouldBeProblem(409, "impact-confirmation-required");
        var keeping = Token((await Client.DeleteAsync($"/clusters/{there}?files=remove")).ShouldBeProblem(409, "impact-confirmation-required"));
        (await Client.DeleteAsync($"/clusters/{there}?files=keep", keeping)).Status.ShouldBe(200, "Nothing is a removal where files are kept.");
    }

    [Fact]
    public async Task Token_of_a_dry_run_is_good_for_the_write()
    {
        var (promise, cluster) = await PlacedAsync();
        var body = new JsonArray(Fleet.Cluster(cluster));
        var plan = await Client.PostAsync("/apply?dryRun=true", body);
        plan.Status.ShouldBe(200);
        plan.Json["results"]!.AsArray().Count.ShouldBe(1);
        var done = await Client.PostAsync("/apply", body, ("Impact-Token", (string)plan.Json["impactToken"]!));
        done.Status.ShouldBe(200, done.Text);
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{promise}.{cluster}")).Status == 404);
    }

    [Fact]
    public async Task Token_when_the_removals_have_changed_is_answered_with_the_new_ones()
    {
        var (promise, cluster) = await PlacedAsync();
        var token = Token((await Client.DeleteAsync($"/promises/{promise}")).ShouldBeProblem(409, "impact-confirmation-required"));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c"), $"{promise}=1"));
        var changed = (await Client.DeleteAsync($"/promises/{promise}", token)).ShouldBeProblem(409, "impact-changed");
        changed.Json["impact"]!["removals"]!.AsArray().Count.ShouldBe(2);
        (await Client.DeleteAsync($"/promises/{promise}", Token(changed))).Status.ShouldBe(200);
        (await Client.GetAsync($"/promises/{promise}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Promotion_that_takes_objects_away_needs_a_token_and_one_that_only_adds_none()
    {
        var promise = Fleet.Name("p");
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c"), $"{promise}=1", """  "environment": "apps"  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), $"{promise},{promise}-more"));
        var promotion = Fleet.Node($$"""{"spec": {"from": "ops", "to": "apps", "promises": ["{{promise}}"]} }""");
        (await Client.PostAsync("/promotions", promotion)).Status.ShouldBe(201);
        (await Client.PutAsync($"/promises/{promise}", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise))).Status.ShouldBe(200);
        var asked = (await Client.PostAsync("/promotions", promotion)).ShouldBeProblem(409, "impact-confirmation-required");
        ((int)asked.Json["impact"]!["external"]!, (int)asked.Json["impact"]!["placements"]!["Update"]!, (int)asked.Json["impact"]!["objects"]!["removed"]!).ShouldBe((1, 1, 1));
        (await Client.PostAsync("/promotions", promotion, Token(asked))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Deleting_a_Promise_takes_an_admin_once_it_touches_users_and_anybody_may_ask_what_it_would_do()
    {
        var promise = Fleet.Name("p");
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c"), $"{promise}=1", """  "environment": "apps"  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise));
        await Client.DoneAsync("POST", "/promotions", Fleet.Node($$"""{"spec": {"from": "ops", "to": "apps", "promises": ["{{promise}}"]} }"""));
        (await (await Client.AsAsync("operator")).DeleteAsync($"/promises/{promise}")).ShouldBeProblem(403, "forbidden");
        var plan = await (await Client.AsAsync("viewer")).DeleteAsync($"/promises/{promise}?dryRun=true");
        plan.Status.ShouldBe(200, plan.Text);
        ((string?)plan.Json["object"]!["metadata"]!["name"]).ShouldBe(promise);
        (await Client.DeleteAsync($"/promises/{promise}", ("Impact-Token", (string)plan.Json["impactToken"]!))).Status.ShouldBe(200);

        var (internalOnly, _) = await PlacedAsync();
        await (await Client.AsAsync("operator")).DoneAsync("DELETE", $"/promises/{internalOnly}");
    }

    [Fact]
    public async Task Plan_lists_five_hundred_placements_and_counts_all()
    {
        var promise = Fleet.Name("p");
        var clusters = new JsonArray([.. Enumerable.Range(0, 510).Select(_ => (JsonNode)Fleet.Cluster(Fleet.Name("many"), $"{promise}=1"))]);
        await Client.DoneAsync("POST", "/apply", clusters);
        var plan = await Client.PostAsync("/promises?dryRun=true", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise));
        plan.Json["placements"]!.AsArray().Count.ShouldBe(500);
        ((bool)plan.Json["truncated"]!).ShouldBeTrue();
        ((int)plan.Json["impact"]!["placements"]!["Add"]!, (int)plan.Json["impact"]!["clusters"]!).ShouldBe((510, 510));
        ((int)plan.Json["object"]!["status"]!["pins"]!["ops"]!).ShouldBe(1);
    }

    [Fact]
    public void Token_is_good_for_ten_minutes_and_for_its_request()
    {
        var clock = new Clockwork();
        var tokens = new ImpactTokens(new byte[32], clock);
        var request = new WriteRequest("admin", Role.Admin, "DELETE", "/promises/redis", [1], false, null, _ => null);
        var (token, expiresAt) = tokens.Issue(request, "removals");
        expiresAt.ShouldBe(clock.Now.AddMinutes(10));
        tokens.Check(token, request, "removals").ShouldBe(ImpactTokenVerdict.Confirmed);
        tokens.Check(token, request, "others").ShouldBe(ImpactTokenVerdict.OtherRemovals);
        tokens.Check(token, request with { Method = "PUT" }, "removals").ShouldBe(ImpactTokenVerdict.NotValid);
        tokens.Check(token, request with { Path = "/promises/redis?x=1" }, "removals").ShouldBe(ImpactTokenVerdict.NotValid);
        tokens.Check(token, request with { BodyHash = [2] }, "removals").ShouldBe(ImpactTokenVerdict.NotValid);
        new ImpactTokens([.. Enumerable.Repeat((byte)1, 32)], clock).Check(token, request, "removals").ShouldBe(ImpactTokenVerdict.NotValid);
        clock.Now += TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1);
        tokens.Check(token, request, "removals").ShouldBe(ImpactTokenVerdict.Confirmed);
        clock.Now += TimeSpan.FromSeconds(1);
        tokens.Check(token, request, "removals").ShouldBe(ImpactTokenVerdict.NotValid);
    }

    private async Task<(string Promise, string Cluster)> PlacedAsync()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1") + """, "onUnmatch": "Withdraw" """, promise)));
        return (promise, cluster);
    }

    private static (string, string) Token(Reply asked) => ("Impact-Token", (string)asked.Json["impactToken"]!);

    private sealed class Clockwork : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
