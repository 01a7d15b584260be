using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Clusters;

public sealed class ClusterTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Cluster_has_its_defaults_and_keeps_what_was_said()
    {
        var bare = (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "bare"}}""")).ShouldBe(201);
        bare.Json("/spec").ShouldBe("""{"environment":"ops","stateStore":{"name":"default","path":"clusters/bare"},"agent":"flux","cordoned":false}""");
        bare.Json("/status/placements").ShouldBe("""{"total":0,"Pending":0,"Written":0,"Blocked":0,"Retained":0,"Withdrawing":0,"Stalled":0,"Held":0,"Proposed":0}""");
        bare.At("/warnings").ShouldBeNull();

        const string Spec =
            """{"environment":"apps","stateStore":{"name":"default","path":"k8s/full"},"agent":"argocd","provider":"aws","region":"eu-west-1","cordoned":true,"taints":[{"key":"dedicated","value":"ml","effect":"NoPlacement"}],"nodePools":[{"name":"gpu","size":3}]}""";
        var full = (await Client.PutAsync("/clusters/full", $$"""{"spec": {{Spec}}}""")).ShouldBe(201);
        full.Json("/spec").ShouldBe(Spec);
        full.Text("/warnings/0/pointer").ShouldBe("/spec/nodePools");
        (await Client.GetAsync("/clusters/full")).At("/warnings").ShouldBeNull();

        var cleared = await Client.PatchAsync("/clusters/full",
            """{"spec": {"environment": null, "stateStore": null, "agent": null, "provider": null, "region": null, "cordoned": null, "taints": null, "nodePools": null}}""");
        cleared.ShouldBe(200).Json("/spec").ShouldBe("""{"environment":"apps","stateStore":{"name":"default","path":"k8s/full"},"agent":"flux","cordoned":false}""");
    }

    [Fact]
    public async Task Off_boarding_says_what_becomes_of_the_files()
    {
        (await Client.PutAsync("/promises/off", """{"spec": {"placement": {"clusterSelector": {"matchLabels": {"off": "yes"}}}, "dependencies": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "off"}}]}}""")).ShouldBe(201);
        foreach (var name in (string[])["kept", "removed"])
            (await Client.PostTextAsync("/clusters", $$$$"""{"metadata": {"name": "{{{{name}}}}", "labels": {"off": "yes"}}}""")).ShouldBe(201);

        foreach (var query in (string[])["", "?files=", "?files=all", "?files=keep&files=remove"]) (await Client.DeleteAsync("/clusters/kept" + query)).ShouldBeProblem(400, "malformed");
        (await Client.DeleteAsync("/clusters/kept?files=keep&dryRun=true")).ShouldBe(200).Json("/impact/removals").ShouldBe("[]");
        (await Client.DeleteAsync("/clusters/kept?files=keep")).ShouldBe(200).Text("/metadata/name").ShouldBe("kept");
        (await Client.GetAsync("/clusters/kept")).Status.ShouldBe(404);
        (await Client.GetAsync("/placements?cluster=kept")).Json("/items").ShouldBe("[]");

        var shown = await Client.DeleteAsync("/clusters/removed?files=remove&dryRun=true");
        shown.ShouldBe(200).Json("/impact/removals").ShouldBe("""[{"placement":"off.removed","objects":["/Namespace//off"]}]""");
        (await Client.DeleteAsync("/clusters/removed?files=remove", ("Impact-Token", shown.Text("/impactToken")!))).ShouldBe(200);
        (await Client.GetAsync("/clusters/removed")).Status.ShouldBe(404);
        await Wait.UntilAsync(async () => (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "removed"}}""")).Status == 201);
    }

    [Theory]
    [InlineData("team")]
    [InlineData("example.com/team")]
    [InlineData("example.com%2Fteam")]
    [InlineData("example.com%2fteam")]
    public async Task Label_is_set_and_taken_away_by_its_key(string key)
    {
        var (name, plain) = (Fleet.Name("l"), Uri.UnescapeDataString(key));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name));
        var set = await Client.PutAsync($"/clusters/{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""));
        set.Status.ShouldBe(200);
        ((string?)set.Json["metadata"]!["labels"]![plain]).ShouldBe("A");
        set.Header("Promises-Change").ShouldNotBeNull();
        (await Client.PutAsync($"/clusters/{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""))).Header("Promises-Change").ShouldBeNull();

        var taken = await Client.DeleteAsync($"/clusters/{name}/labels/{key}");
        taken.Status.ShouldBe(200);
        taken.Json["metadata"]!["labels"]!.AsObject().ContainsKey(plain).ShouldBeFalse();
        (await Client.DeleteAsync($"/clusters/{name}/labels/{key}")).ShouldBeProblem(404, "not-found");
        (await Client.PutAsync($"/clusters/no-{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""))).ShouldBeProblem(404, "not-found");
    }
}
