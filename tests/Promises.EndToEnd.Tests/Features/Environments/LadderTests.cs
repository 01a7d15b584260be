using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Features.Environments;

public sealed class LadderTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Fresh_server_has_two_environments_and_one_store_and_nothing_else()
    {
        (await Client.GetAsync("/environments/ops")).Json("/spec").ShouldBe("""{"position":10,"audience":"internal"}""");
        (await Client.GetAsync("/environments/apps")).Json("/spec").ShouldBe("""{"position":20,"audience":"external"}""");
        (await Client.GetAsync("/state-stores/default")).Json("/spec").ShouldBe("""{"layout":"placements"}""");
    }

    [Fact]
    public async Task New_rung_starts_with_the_pins_of_the_rung_above_and_on_top_with_none()
    {
        await PublishAsync("climbs");
        await PromoteAsync("ops", "apps", "climbs");
        await PublishAsync("climbs", """, "version": "2.0.0" """);
        await PublishAsync("stays");

        var tried = await Client.PostTextAsync("/environments?dryRun=true", Environment("between", 15, "internal"));
        tried.ShouldBe(200).Text("/object/status/pins/climbs").ShouldBe("1");
        var between = (await Client.PostTextAsync("/environments", Environment("between", 15, "internal"))).ShouldBe(201);
        between.Text("/status/pins/climbs").ShouldBe("1");
        between.At("/status/pins/stays").ShouldBeNull();
        (await Client.GetAsync("/promises/climbs")).At("/status/pins")!.AsObject().Count.ShouldBe(3);
        (await Client.GetAsync("/promises/climbs")).Text("/status/pins/ops").ShouldBe("2");

        var below = (await Client.PostTextAsync("/environments", Environment("below", 5, "internal"))).ShouldBe(201);
        below.Text("/status/pins/climbs").ShouldBe("2");
        below.Text("/status/pins/stays").ShouldBe("1");
        (await Client.PostTextAsync("/environments", Environment("top", 900, "external"))).ShouldBe(201).Json("/status/pins").ShouldBe("{}");

        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "first-rung"}}""")).ShouldBe(201).Text("/spec/environment").ShouldBe("below");
        (await Client.DeleteAsync("/environments/below")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe("""[{"kind":"Cluster","name":"first-rung"}]""");
        (await Client.DeleteAsync("/clusters/first-rung?files=keep")).ShouldBe(200);
        foreach (var name in (string[])["below", "between", "top"]) (await Client.DeleteAsync($"/environments/{name}")).ShouldBe(200);
    }

    [Fact]
    public async Task Last_environment_of_an_audience_stays()
    {
        (await Client.DeleteAsync("/environments/ops")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe("[]");
        (await Client.DeleteAsync("/environments/apps?dryRun=true")).ShouldBeProblem(409, "in-use");
        (await Client.PatchAsync("/environments/apps", """{"spec": {"audience": "internal"}}""")).Mistakes().ShouldBe(["/spec/audience ladder"]);
    }

    [Fact]
    public async Task Another_audience_derives_the_label_anew_and_moves_placements()
    {
        await PublishAsync("for-users", placement: """{"clusterSelector": {"matchLabels": {"promises.dev/audience": "external"}}}""");
        (await Client.PostTextAsync("/environments", Environment("stage", 15, "internal"))).ShouldBe(201);
        await PromoteAsync("ops", "stage", "for-users");
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "turning"}, "spec": {"environment": "stage"}}""")).ShouldBe(201);
        (await Client.GetAsync("/placements/for-users.turning")).Status.ShouldBe(404);

        var plan = await Client.PatchAsync("/environments/stage?dryRun=true", """{"spec": {"audience": "external"}}""");
        plan.ShouldBe(200).Text("/impact/placements/Add").ShouldBe("1");
        (await Client.PatchAsync("/environments/stage", """{"spec": {"audience": "external"}}""")).ShouldBe(200).Text("/metadata/generation").ShouldBe("2");
        (await Client.GetAsync("/placements/for-users.turning")).ShouldBe(200).Text("/status/conditions/0/reason").ShouldBe("Selected");

        (await Client.PatchAsync("/environments/stage", """{"spec": {"audience": "internal"}}""")).ShouldBe(200);
        (await Client.GetAsync("/placements/for-users.turning")).ShouldBe(200).Text("/status/conditions/0/reason").ShouldBe("Retained");

        (await Client.DeleteAsync("/clusters/turning?files=keep")).ShouldBe(200);
        (await Client.DeleteAsync("/environments/stage")).ShouldBe(200);
    }

    private static string Environment(string name, int position, string audience) =>
        $$$"""{"metadata": {"name": "{{{name}}}"}, "spec": {"position": {{{position}}}, "audience": "{{{audience}}}"}}""";

    private async Task PublishAsync(string name, string more = "", string placement = """{"onlyIncluded": true}""")
    {
        var reply = await Client.PutAsync($"/promises/{name}", $$$"""{"spec": {"placement": {{{placement}}}{{{more}}}}}""");
        reply.Status.ShouldBeOneOf(200, 201);
    }

    private async Task PromoteAsync(string from, string to, string promise) =>
        (await Client.PostTextAsync("/promotions", $$$"""{"spec": {"from": "{{{from}}}", "to": "{{{to}}}", "promises": ["{{{promise}}}"]}}""")).ShouldBe(201);
}
