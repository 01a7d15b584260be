using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>The server here looks once an hour, so that what others do stays until somebody asks.</summary>
public sealed class AuditTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Api => fixture.Client;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_file_is_held_against_what_it_should_be_and_a_sync_puts_it_right(bool overHttp)
    {
        await using var store = await ForeignStore.StartAsync(Api, overHttp);
        var audit = (await AuditAsync(store)).ShouldBe(200);
        audit.Text("/kind").ShouldBe("StoreAudit");
        audit.Text("/head").ShouldBe(store.Repo.Head());
        audit.Json("/counts").ShouldBe("""{"Equal":10,"Changed":0,"Missing":0,"Unknown":0}""");
        Items(audit).Select(item => (string)item["path"]!).ShouldBe(store.Repo.Files().Order(StringComparer.Ordinal));
        Items(audit).ShouldAllBe(item => item["branch"] == null);

        var maps = store.Repo.Files().Where(path => path.StartsWith(store.Placement + "/", StringComparison.Ordinal)).ToArray();
        store.Repo.Commit("main", "theirs", (maps[0], "hacked"), (maps[1], null), ($"clusters/{store.First}/notes.md", "x"), ("elsewhere.md", "x"));

        audit = await AuditAsync(store);
        audit.Text("/head").ShouldBe(store.Repo.Head());
        audit.Json("/counts").ShouldBe("""{"Equal":8,"Changed":1,"Missing":1,"Unknown":1}""");
        Items(audit).Where(item => (string?)item["state"] != "Equal").Select(item => item.ToJsonString()).ShouldBe(
        [
            $$"""{"path":"clusters/{{store.First}}/notes.md","cluster":"{{store.First}}","placement":null,"state":"Unknown"}""",
            $$"""{"path":"{{maps[0]}}","cluster":"{{store.First}}","placement":"{{store.Promise}}.{{store.First}}","state":"Changed"}""",
            $$"""{"path":"{{maps[1]}}","cluster":"{{store.First}}","placement":"{{store.Promise}}.{{store.First}}","state":"Missing"}""",
        ]);
        Items(await AuditAsync(store, "?state=Missing")).ShouldHaveSingleItem();

        var head = store.Repo.Head();
        (await Api.SendAsync("POST", $"/state-stores/{store.Name}/sync?dryRun=true", null)).ShouldBe(200);
        var sync = (await Api.SendAsync("POST", $"/state-stores/{store.Name}/sync", null)).ShouldBe(202);
        sync.Text("/kind").ShouldBe("StateStore");
        await Wait.UntilAsync(() => Task.FromResult(store.Repo.Head() != head));
        (await AuditAsync(store)).Json("/counts").ShouldBe("""{"Equal":10,"Changed":0,"Missing":0,"Unknown":1}""");
    }

    [Fact]
    public async Task A_whole_directory_that_is_another_thing_is_missing_file_by_file()
    {
        await using var store = await ForeignStore.StartAsync(Api);
        store.Repo.Replace("main", "clusters", "120000");

        var audit = await AuditAsync(store);

        audit.Json("/counts").ShouldBe("""{"Equal":0,"Changed":0,"Missing":10,"Unknown":1}""");
        Items(audit)[0].ToJsonString().ShouldBe("""{"path":"clusters","cluster":null,"placement":null,"state":"Unknown"}""");

        store.Repo.In("update-ref", "-d", "refs/heads/main");
        audit = await AuditAsync(store);
        (audit.Text("/head"), audit.Json("/counts")).ShouldBe((null, """{"Equal":0,"Changed":0,"Missing":10,"Unknown":0}"""));
    }

    [Fact]
    public async Task Pages_fit_together_or_say_that_they_do_not()
    {
        await using var store = await ForeignStore.StartAsync(Api);
        var paths = new List<string>();
        var page = await AuditAsync(store, "?limit=4");
        while (true)
        {
            paths.AddRange(Items(page).Select(item => (string)item["path"]!));
            page.Json("/counts").ShouldBe("""{"Equal":10,"Changed":0,"Missing":0,"Unknown":0}""");
            if (page.Text("/metadata/continue") is not { Length: > 0 } next) break;
            page = (await AuditAsync(store, $"?limit=4&continue={next}")).ShouldBe(200);
        }

        paths.ShouldBe(store.Repo.Files().Order(StringComparer.Ordinal));

        var start = (await AuditAsync(store, "?limit=4")).Text("/metadata/continue");
        store.Repo.Commit("main", "theirs", ("elsewhere.md", "x"));
        var moved = (await AuditAsync(store, $"?limit=4&continue={start}")).ShouldBeProblem(400, "malformed");
        moved.Text("/detail")!.ShouldContain("Begin again without continue");
        (await AuditAsync(store, "?state=Wrong")).ShouldBeProblem(400, "malformed");
    }

    [Fact]
    public async Task An_embedded_store_is_audited_and_what_waits_is_not_called_equal()
    {
        await Api.DoneAsync("POST", "/clusters", Fleet.Cluster("audited"));
        await Api.SettledAsync();
        var audit = (await Api.GetAsync("/state-stores/default/audit")).ShouldBe(200);
        Items(audit).Where(item => (string?)item["cluster"] == "audited").Select(item => (string?)item["state"]).ShouldBe(["Equal", "Equal"]);
        (await Api.GetAsync("/state-stores/nowhere/audit")).ShouldBeProblem(404, "not-found");
        (await Api.SendAsync("POST", "/state-stores/nowhere/sync", null)).ShouldBeProblem(404, "not-found");
    }

    [Fact]
    public async Task A_repository_that_cannot_be_read_is_told_with_the_reason_and_what_waits_for_it_is_behind()
    {
        await using var store = await ForeignStore.StartAsync(Api, overHttp: true);
        store.Host!.Fault = GitFault.ServerError;
        await store.RegisterAsync("c");
        JsonNode status = null!;
        await Wait.UntilAsync(async () => (string?)(status = await store.StatusAsync())["conditions"]![0]!["reason"] == "Unreachable");
        ((bool?)status["reachable"], (int)status["pendingClusters"]!).ShouldBe((false, 1));
        status["behindSince"].ShouldNotBeNull();
        ((string?)status["behindReason"])!.ShouldContain("503");

        var audit = (await AuditAsync(store)).ShouldBeProblem(502, "state-store-failed");
        audit.Text("/reason").ShouldBe("Unreachable");
        audit.Text("/detail")!.ShouldContain("503");

        // It waits some seconds by now; whoever repaired the host does not.
        store.Host.Fault = GitFault.None;
        (await Api.SendAsync("POST", $"/state-stores/{store.Name}/sync", null)).ShouldBe(202).At("/status/nextTry").ShouldBeNull();
        await store.SettledAsync();
        (await AuditAsync(store)).Json("/counts").ShouldBe("""{"Equal":15,"Changed":0,"Missing":0,"Unknown":0}""");
    }

    [Fact]
    public async Task Whoever_may_only_read_may_audit_and_not_sync()
    {
        var viewer = await Api.AsAsync("viewer");
        (await viewer.GetAsync("/state-stores/default/audit")).ShouldBe(200);
        (await viewer.SendAsync("POST", "/state-stores/default/sync", null)).ShouldBeProblem(403, "forbidden");
        (await (await Api.AsAsync("operator")).SendAsync("POST", "/state-stores/default/sync", null)).ShouldBeProblem(403, "forbidden");
        (await Api.SendAsync("POST", "/state-stores/default/sync", null)).ShouldBe(202);
    }

    private Task<Reply> AuditAsync(ForeignStore store, string query = "") => Api.GetAsync($"/state-stores/{store.Name}/audit{query}");

    private static IReadOnlyList<JsonNode> Items(Reply reply) => [.. reply.Json["items"]!.AsArray().Select(item => item!)];
}
