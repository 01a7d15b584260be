using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Tests.Reconciling;
using Promises.Testing;

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
        shown.Text("/status/behindReason")!.ShouldContain(Branch);
        // What waits is not there yet, and an audit says so.
        var audit = (await Client.GetAsync("/state-stores/reviewed/audit")).ShouldBe(200);
        audit.Text("/head").ShouldBe(store.Repo.Head());
        audit.Json("/counts").ShouldBe("""{"Equal":0,"Changed":0,"Missing":4,"Unknown":0}""");

        var merged = store.Repo.Merge(Branch, MergeBy.Squash);
        // A write to the store ends the wait for the next look.
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "reviewed-2"}, "spec": {"stateStore": {"name": "reviewed"}}}""")).ShouldBe(201);
        await Wait.UntilAsync(async () => (await StateAsync()) == "Written");
        (await Client.GetAsync("/placements/reviewed-p.reviewed-1")).Text("/status/commit").ShouldBe(merged);
        (await Client.GetAsync("/state-stores/reviewed/audit")).Text("/counts/Equal").ShouldBe("4");

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

    [Fact]
    public async Task A_store_is_not_deleted_while_it_proposes_something()
    {
        using var store = new OwnStore("leaving");
        store.Repo.Commit("main", "their beginning", ("README.md", "Ours."));
        await store.RegisterAsync(Client, new JsonObject { ["mode"] = "proposal" });
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster("leaving-1", spec: """ "stateStore": {"name": "leaving"} """));
        await Wait.UntilAsync(() => Task.FromResult(store.Repo.Head(Branch) is not null));
        store.Repo.Merge(Branch, MergeBy.Squash);
        await Client.DoneAsync("DELETE", "/clusters/leaving-1?files=remove");
        await Wait.UntilAsync(() => Task.FromResult(store.Repo.Differs("main", Branch) is [_, ..] lines && lines.All(line => line.StartsWith("D ", StringComparison.Ordinal))));

        (await Client.DeleteAsync("/state-stores/leaving")).ShouldBeProblem(409, "in-use");
        store.Repo.Merge(Branch, MergeBy.Squash);
        (await Client.PostTextAsync("/state-stores/leaving/sync", "")).ShouldBe(202);

        await Wait.UntilAsync(async () => (await Client.DeleteAsync("/state-stores/leaving")).Status == 200);
    }

    [Fact]
    public async Task A_branch_for_each_cluster_cannot_be_proposed_to()
    {
        using var store = new OwnStore("many");
        var refused = await Client.PostAsync("/state-stores", store.Document(new JsonObject { ["mode"] = "proposal", ["branch"] = "fleet/{cluster}" }));

        refused.Mistakes().ShouldBe(["/spec/git/branch branch"]);
        refused.Text("/errors/0/value").ShouldBe("fleet/{cluster}");
        refused.Text("/errors/0/remedy").ShouldBe("With mode proposal name one branch for all clusters, or use mode push.");
    }

    private async Task<string?> StateAsync() => (await Client.GetAsync("/placements/reviewed-p.reviewed-1")).Text("/status/state");
}
