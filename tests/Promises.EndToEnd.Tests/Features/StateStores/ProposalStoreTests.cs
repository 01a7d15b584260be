using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Tests.Reconciling;

namespace Promises.EndToEnd.Tests.Features.StateStores;

public sealed class ProposalStoreTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Branch = "promises/proposal/ops";

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task What_is_proposed_is_shown_counted_and_found_until_it_is_merged()
    {
        using var store = new OwnStore("reviewed");
        store.Repo.Commit("main", "their beginning", ("README.md", "Ours."));
        await store.RegisterAsync(Client, new JsonObject { ["mode"] = "proposal" });
        (await Client.GetAsync("/state-stores/reviewed")).ShouldBe(200).Text("/spec/git/mode").ShouldBe("proposal");
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "reviewed-1", "labels": {"reviewed": "yes"}}, "spec": {"stateStore": {"name": "reviewed"}}}""")).ShouldBe(201);
        (await Client.PostTextAsync("/promises", """
            {"metadata": {"name": "reviewed-p"}, "spec": {"placement": {"clusterSelector": {"matchLabels": {"reviewed": "yes"}}},
             "dependencies": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "x"}}]}}
            """)).ShouldBe(201);

        await Wait.UntilAsync(async () => (await StateAsync()) == "Proposed");
        var placement = await Client.GetAsync("/placements/reviewed-p.reviewed-1");
        placement.Text("/status/conditions/1/reason").ShouldBe("Proposed");
        placement.Text("/status/conditions/1/message")!.ShouldContain(Branch);
        (await Client.GetAsync("/placements?state=Proposed&cluster=reviewed-1")).Text("/items/0/metadata/name").ShouldBe("reviewed-p.reviewed-1");
        (await Client.GetAsync("/clusters/reviewed-1")).Text("/status/placements/Proposed").ShouldBe("1");
        var shown = await Client.GetAsync("/state-stores/reviewed");
        shown.Json("/status/proposals").ShouldBe(
            $$"""[{"environment":"ops","branch":"{{Branch}}","commit":"{{store.Repo.Head(Branch)}}","base":"{{store.Repo.Head()}}"}]""");
        shown.Text("/status/pendingClusters").ShouldBe("1");
        (shown.Text("/status/conditions/0/status"), shown.Text("/status/conditions/0/reason")).ShouldBe(("True", "Proposed"));

        var merged = store.Repo.Merge(Branch, MergeBy.Squash);
        // A write to the store ends the wait for the next look.
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "reviewed-2"}, "spec": {"stateStore": {"name": "reviewed"}}}""")).ShouldBe(201);
        await Wait.UntilAsync(async () => (await StateAsync()) == "Written");
        (await Client.GetAsync("/placements/reviewed-p.reviewed-1")).Text("/status/commit").ShouldBe(merged);

        (await Client.PatchAsync("/state-stores/reviewed", """{"spec": {"git": {"mode": "push"}}}""")).ShouldBe(200);
        await store.SettledAsync(Client);
        store.Repo.Files().ShouldContain("clusters/reviewed-2/README.md");
        (await Client.GetAsync("/state-stores/reviewed")).Json("/status/proposals").ShouldBe("[]");
    }

    [Fact]
    public async Task Two_stores_do_not_propose_to_one_repository()
    {
        using var store = new OwnStore("first-proposer");
        await store.RegisterAsync(Client, new JsonObject { ["mode"] = "proposal" });

        var second = new JsonObject { ["url"] = store.Repo.Url + "/", ["mode"] = "proposal", ["branch"] = "live" };
        var reply = await Client.PostAsync("/state-stores", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "second-proposer" }, ["spec"] = new JsonObject { ["git"] = second } });

        reply.ShouldBeProblem(422, "invalid").Text("/errors/0/rule").ShouldBe("branch");
        reply.Text("/errors/0/pointer").ShouldBe("/spec/git/mode");
    }

    private async Task<string?> StateAsync() => (await Client.GetAsync("/placements/reviewed-p.reviewed-1")).Text("/status/state");
}
