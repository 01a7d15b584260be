using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

public sealed class LookTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_server_at_rest_looks_at_repositories_of_its_machine_and_starts_no_git()
    {
        using var starts = Counted.GitStarts();
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.3"));
        await using var store = await ForeignStore.StartAsync(server.Client);
        await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("embedded"));
        await server.Client.SettledAsync();
        starts.Count.ShouldBeGreaterThan(0);

        await starts.UncountedAsync(() => SeenAgainAsync(server.Client, "default", store.Name));

        // And it does look.
        var before = starts.Count;
        store.Repo.Commit("main", "theirs", ("theirs.md", "x"));
        await store.SettledAsync();
        starts.Count.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task What_others_did_while_no_server_ran_is_found_at_the_start()
    {
        var database = await postgres.MigratedAsync();
        using var place = new TempDirectory();
        var repo = new GitRepo(place["fleet.git"]);
        await using (var server = TestServer.Start(database))
        {
            await server.Client.DoneAsync("POST", "/state-stores", ForeignStore.Document("fleet", repo.Url));
            await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("c1", spec: """ "stateStore": {"name": "fleet"} """));
            await server.Client.SettledAsync();
        }

        repo.Commit("main", "mine", ("clusters/c1/README.md", "mine"));

        await using var next = TestServer.Start(database, ("Delivery:LookInterval", "00:00:00.3"));
        await Wait.UntilAsync(() => Task.FromResult(repo.Show("clusters/c1/README.md") != "mine"));
    }

    [Fact]
    public async Task A_branch_that_cannot_be_looked_at_is_a_failure_of_the_store_until_it_can()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.3"));
        await using var store = await ForeignStore.StartAsync(server.Client, overHttp: true);
        ((bool?)(await store.StatusAsync())["reachable"]).ShouldBe(true);

        store.Host!.Fault = GitFault.ServerError;
        JsonNode status = null!;
        await Wait.UntilAsync(async () => (string?)(status = await store.StatusAsync())["conditions"]![0]!["reason"] == "Unreachable" && status["nextTry"] is not null);
        ((bool?)status["reachable"], (int)status["pendingClusters"]!, status["behindSince"]).ShouldBe((false, 0, null));

        store.Host.Fault = GitFault.None;
        await Wait.UntilAsync(async () => (string?)(status = await store.StatusAsync())["conditions"]![0]!["status"] == "True", TimeSpan.FromSeconds(30));
        ((bool?)status["reachable"], status["nextTry"]).ShouldBe((true, null));
    }

    [Fact]
    public async Task However_many_stores_there_are_hosts_are_asked_at_a_bounded_pace_and_each_in_its_turn()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.3"));
        using var place = new TempDirectory();
        await using var host = new GitHttpServer(place.Path);
        var repos = Enumerable.Range(0, 6).Select(i => new GitRepo(place[$"r{i}.git"])).ToList();
        for (var i = 0; i < repos.Count; i++)
        {
            await server.Client.DoneAsync("POST", "/state-stores", ForeignStore.Document($"r{i}", host.Url($"r{i}")));
            await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster($"c{i}", spec: $$""" "stateStore": {"name": "r{{i}}"} """));
        }

        await server.Client.SettledAsync();
        var stores = Enumerable.Range(0, repos.Count).Select(i => $"r{i}").ToArray();
        await SeenAgainAsync(server.Client, stores);
        var (requests, began) = (host.Requests, TimeProvider.System.GetTimestamp());
        for (var times = 0; times < 2; times++) await SeenAgainAsync(server.Client, stores);

        // Two requests each: what the server can do, and where the branch is.
        var most = (TimeProvider.System.GetElapsedTime(began).TotalSeconds * 4) + 2;
        ((host.Requests - requests) / 2).ShouldBeInRange(repos.Count, (int)most);
    }

    /// <summary>Until there is newer evidence for each of these stores.</summary>
    private static async Task SeenAgainAsync(ApiClient api, params string[] stores)
    {
        var before = new Dictionary<string, string?>();
        foreach (var store in stores) before[store] = await SeenAsync(store);
        await Wait.UntilAsync(async () =>
        {
            foreach (var store in before.Keys.ToList())
            {
                if (await SeenAsync(store) is { } seen && seen != before[store]) before.Remove(store);
            }

            return before.Count == 0;
        }, TimeSpan.FromSeconds(60));

        async Task<string?> SeenAsync(string store) => (await api.GetAsync($"/state-stores/{store}")).Text("/status/lastSeen");
    }
}
