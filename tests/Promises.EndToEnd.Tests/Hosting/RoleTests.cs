using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Hosting;

/// <summary>Several servers on one database, each with its own part of the work.</summary>
public sealed class RoleTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_worker_writes_what_a_server_for_the_API_decides_and_has_the_embedded_stores()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database, ("Role", "api"));
        var api = server.Client;
        using var own = new OwnStore(Fleet.Name("role"));
        await own.RegisterAsync(api);
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("far", "", $$""" "stateStore": {"name": "{{own.Name}}"} """));
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("near"));
        (await api.GetAsync("/git/default.git/info/refs?service=git-upload-pack")).ShouldBeProblem(421, "misdirected");
        own.Repo.Head().ShouldBeNull();

        await using var worker = TestServer.Start(database, ("Role", "worker"));
        await api.SettledAsync();
        own.Below("clusters/far").ShouldNotBeEmpty();
        worker.Embedded().Tree().Keys.ShouldContain("clusters/near/README.md");
        Directory.Exists(server.Embedded().Path).ShouldBeFalse();

        // By the notice of the write alone, without waiting for a resync.
        for (var i = 0; i < 3; i++)
        {
            await api.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("near")));
            await Wait.UntilAsync(async () => (int)(await api.GetAsync("/state-stores/default")).Json["status"]!["pendingClusters"]! == 0, TimeSpan.FromSeconds(10));
        }

        var misdirected = (await api.GetAsync("/git/default.git/info/refs?service=git-upload-pack")).ShouldBeProblem(421, "misdirected");
        misdirected.Text("/detail")!.ShouldContain(Environment.MachineName);
        GitRepo.Git("ls-remote", $"http://x:{server.AdminToken}@127.0.0.1:{worker.Address.Port}/git/default.git").ShouldContain("refs/heads/main");
    }

    [Fact]
    public async Task A_worker_serves_its_health_and_git_and_says_what_it_is_to_all_else()
    {
        var database = await postgres.MigratedAsync();
        await using var worker = TestServer.Start(database, ("Role", "worker"));
        var client = worker.Client;

        foreach (var path in (string[])["/clusters", "/openapi/v1.json", "/docs", "/nothing", "/gitx"])
            (await client.GetAsync(path)).ShouldBeProblem(404, "not-found").Text("/detail")!.ShouldContain("worker");
        (await client.PostAsync("/clusters", Fleet.Cluster("c1"))).ShouldBeProblem(404, "not-found");

        (await client.With(null).GetAsync("/healthz")).Status.ShouldBe(200);
        await ReadyAsync(worker, "database", "migrations", "writer");
        (await client.GetAsync("/git/default.git/info/refs?service=git-upload-pack")).Status.ShouldBe(200);
        (await client.With(null).GetAsync("/git/default.git/info/refs?service=git-upload-pack")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_server_for_the_API_is_ready_without_a_writer()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Role", "api"));

        await ReadyAsync(server, "database", "migrations", "scheduler");
    }

    [Fact]
    public async Task An_embedded_store_is_written_by_the_server_on_which_it_lies_whoever_decides()
    {
        var database = await postgres.MigratedAsync();
        await using var home = TestServer.Start(database);
        await using var other = TestServer.Start(database);
        var api = new ApiClient(other.Address, home.AdminToken);

        for (var i = 0; i < 4; i++)
        {
            await api.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c")));
            await Wait.UntilAsync(async () => (int)(await api.GetAsync("/state-stores/default")).Json["status"]!["pendingClusters"]! == 0);
        }

        home.Embedded().Tree().Count.ShouldBe(8);
        Directory.Exists(other.Embedded().Path).ShouldBeFalse();
        (await api.GetAsync("/git/default.git/info/refs?service=git-upload-pack")).ShouldBeProblem(421, "misdirected");

        // Made on the other, so it lies there.
        var store = Fleet.Name("mine");
        await api.DoneAsync("POST", "/state-stores", new JsonObject { ["metadata"] = new JsonObject { ["name"] = store } });
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c"), "", $$""" "stateStore": {"name": "{{store}}"} """));
        await Wait.UntilAsync(async () => (int)(await api.GetAsync($"/state-stores/{store}")).Json["status"]!["pendingClusters"]! == 0);
        other.Embedded(store).Tree().Count.ShouldBe(2);
        Directory.Exists(home.Embedded(store).Path).ShouldBeFalse();
    }

    private static async Task ReadyAsync(TestServer server, params string[] checks)
    {
        Reply ready = null!;
        await Wait.UntilAsync(async () => (ready = await server.Client.With(null).GetAsync("/readyz")).Status == 200);
        var names = ready.Json["checks"]!.AsObject().Select(check => check.Key).ToList();
        names.Intersect(["database", "migrations", "scheduler", "writer"]).Except(checks).Except(["scheduler"]).ShouldBeEmpty();
        checks.Except(names).ShouldBeEmpty();
    }
}
