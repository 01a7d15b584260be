using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Tests.Reconciling;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>Nobody tells us that a pull request was merged or closed: its branches are looked at.</summary>
public sealed class ProposalLookTests(TestPostgres postgres)
{
    private const string Branch = "promises/proposal/ops";

    [Fact]
    public async Task While_a_proposal_waits_no_git_is_started_and_its_merge_is_seen_without_a_write()
    {
        using var starts = Counted.GitStarts();
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.3"));
        using var store = new OwnStore("reviewed");
        await ProposedAsync(server.Client, store);

        await starts.UncountedAsync(() => SeenAgainAsync(server.Client));

        store.Repo.Merge(Branch, MergeBy.Squash);
        await Wait.UntilAsync(async () => await server.Client.StateAsync("p.c1") == "Written");
        (await server.Client.GetAsync("/state-stores/reviewed")).Json("/status/proposals").ShouldBe("[]");
    }

    [Fact]
    public async Task A_proposal_whose_branch_is_deleted_is_made_again()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.3"));
        using var store = new OwnStore("reviewed");
        await ProposedAsync(server.Client, store);
        var proposed = store.Repo.Head(Branch);

        store.Repo.In("update-ref", "-d", $"refs/heads/{Branch}");

        await Wait.UntilAsync(() => Task.FromResult(store.Repo.Head(Branch) is not null));
        store.Repo.In("diff", "--name-only", proposed!, Branch).ShouldBeEmpty();
        (await server.Client.StateAsync("p.c1")).ShouldBe("Proposed");
    }

    private static async Task ProposedAsync(ApiClient api, OwnStore store)
    {
        store.Repo.Commit("main", "their beginning", ("README.md", "Ours."));
        await store.RegisterAsync(api, new JsonObject { ["mode"] = "proposal" });
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c1", "team=A", """ "stateStore": {"name": "reviewed"} """));
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "x"));
        await Wait.UntilAsync(async () => await api.StateAsync("p.c1") == "Proposed");
    }

    private static async Task SeenAgainAsync(ApiClient api)
    {
        var before = await SeenAsync();
        await Wait.UntilAsync(async () => await SeenAsync() != before, TimeSpan.FromSeconds(30));

        async Task<string?> SeenAsync() => (await api.GetAsync("/state-stores/reviewed")).Text("/status/lastSeen");
    }
}
