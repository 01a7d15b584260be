using System.Text.Json.Nodes;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Holds;

/// <summary>A hold from its beginning to a decision, as clients see it.</summary>
public sealed class HoldTests(TestPostgres postgres)
{
    [Fact]
    public async Task Hold_is_seen_everywhere_and_a_release_lets_it_through()
    {
        await using var fleet = await HeldAsync("ops");
        var client = fleet.Client;

        var hold = await fleet.HoldAsync();
        var name = (string)hold["metadata"]!["name"]!;
        name.ShouldStartWith("h-");
        ((string)hold["kind"]!, (string)hold["spec"]!["stateStore"]!, (string)hold["spec"]!["reason"]!, (string)hold["status"]!["phase"]!)
            .ShouldBe(("Hold", "own", "UnconfirmedRemoval", "Held"));
        var removal = hold["spec"]!["impact"]!["removals"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)removal["placement"]!, removal["objects"]!.ToJsonString()).ShouldBe(("redis.c1", """["/ConfigMap/default/x"]"""));
        (await client.GetAsync($"/holds/{name}")).Json.ToJsonString().ShouldBe(hold.ToJsonString());
        (await client.GetAsync("/holds?stateStore=default")).Json["items"]!.AsArray().ShouldBeEmpty();

        var store = (await client.GetAsync("/state-stores/own")).Json["status"]!["conditions"]![0]!;
        ((string)store["status"]!, (string)store["reason"]!).ShouldBe(("False", "Held"));
        ((string)store["message"]!).ShouldContain(name);
        await Wait.UntilAsync(async () => await client.StateAsync("redis.c1") == "Held");
        (await client.StateAsync("kafka.c1")).ShouldBe("Written");
        (await client.GetAsync("/placements?state=Held")).Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!).ShouldBe(["redis.c1"]);
        (await client.GetAsync("/placements?state=Withdrawing")).Json["items"]!.AsArray().ShouldBeEmpty();
        (await client.GetAsync("/clusters/c1")).Json("/status/placements")
            .ShouldBe("""{"total":2,"Pending":0,"Written":1,"Blocked":0,"Retained":0,"Withdrawing":0,"Stalled":0,"Held":1,"Proposed":0}""");
        var written = (await client.PlacementAsync("redis.c1"))["status"]!["conditions"]!.AsArray().Single(condition => (string)condition!["type"]! == "Written")!;
        ((string)written["reason"]!, ((string)written["message"]!).Contains(name, StringComparison.Ordinal)).ShouldBe(("Held", true));
        ((string)(await client.VerdictAsync("redis", "c1"))["outcome"]!).ShouldBe("Placed");

        // What comes now waits too, and other stores go on.
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("c2", "team=A", """ "stateStore": {"name": "own"} """));
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("d1", "team=A"));
        await Wait.UntilAsync(async () => await client.StateAsync("redis.d1") == "Written");
        (await client.StateAsync("redis.c2")).ShouldBe("Held");
        fleet.Store.Repo.Files().ShouldNotContain(file => file.Contains("/c2/"));

        var released = (await client.PostTextAsync($"/holds/{name}/release", """{"reason": "That was me."}""")).ShouldBe(200);
        released.Json("/status/phase").ShouldBe("\"Released\"");
        released.Text("/status/reason").ShouldBe("That was me.");
        await fleet.Store.SettledAsync(client);

        fleet.Store.Repo.Files().ShouldNotContain(file => file.Contains("/c1/placements/redis"));
        (await client.StateAsync("redis.c2")).ShouldBe("Written");
        (await client.GetAsync("/placements/redis.c1")).ShouldBe(404);
        var change = (await client.GetAsync($"/changes/{released.Header("Promises-Change")}")).ShouldBe(200);
        change.Text("/spec/summary").ShouldBe($"Hold {name} released: That was me.");
        change.Json("/spec/objects").ShouldBe($$"""[{"kind":"Hold","name":"{{name}}","type":"MODIFIED"}]""");
        change.Text("/status/impact/objects/removed").ShouldBe("1");
        change.Text("/status/commits/0/commit").ShouldBe(fleet.Store.Repo.Head());
        (await client.GetAsync("/state-stores/own")).Text("/status/conditions/0/status").ShouldBe("True");
    }

    [Fact]
    public async Task What_is_discarded_stays_and_is_decided_once()
    {
        await using var fleet = await HeldAsync("ops");
        var client = fleet.Client;
        var name = (string)(await fleet.HoldAsync())["metadata"]!["name"]!;

        (await client.PostTextAsync($"/holds/{name}/discard", "{}")).Mistakes().ShouldBe(["/reason required"]);
        (await client.PostTextAsync($"/holds/{name}/discard", """{"reason": ""}""")).Mistakes().ShouldBe(["/reason required"]);
        (await client.PostTextAsync($"/holds/{name}/discard", """{"reason": 1, "why": "x"}""")).Mistakes().ShouldBe(["/reason wrong-type", "/why unknown-field"]);
        (await client.PostTextAsync("/holds/h-99/discard", """{"reason": "x"}""")).ShouldBeProblem(404, "not-found");
        (await client.PostTextAsync("/holds/other/discard", """{"reason": "x"}""")).ShouldBeProblem(404, "not-found");
        (await client.PostTextAsync($"/holds/{name}/discard", """{"reason": "x"}""", ("If-Match", "\"1\""))).ShouldBe(412);
        var planned = (await (await client.AsAsync("viewer")).PostTextAsync($"/holds/{name}/discard?dryRun=true", """{"reason": "x"}""")).ShouldBe(200);
        planned.Text("/object/status/phase").ShouldBe("Discarded");
        (await fleet.HoldAsync())["status"]!["phase"]!.ToString().ShouldBe("Held");

        var operators = await client.AsAsync("operator");
        (await (await client.AsAsync("viewer")).PostTextAsync($"/holds/{name}/discard", """{"reason": "x"}""")).ShouldBeProblem(403, "forbidden");
        (await operators.PostTextAsync($"/holds/{name}/discard", """{"reason": "Not that."}""")).ShouldBe(200);
        var second = (await client.PostTextAsync($"/holds/{name}/release", """{"reason": "Yes, that."}""")).ShouldBeProblem(409, "already-decided");
        second.Text("/detail")!.ShouldContain("Not that.");
        second.Text("/phase").ShouldBe("Discarded");
        await fleet.Store.SettledAsync(client);

        fleet.Store.Repo.Files().ShouldContain(file => file.Contains("/c1/placements/redis/"));
        (await client.GetAsync("/placements/redis.c1")).ShouldBe(404);
        (await client.GetAsync("/changes?limit=1")).Text("/items/0/spec/summary").ShouldBe($"Hold {name} discarded: Not that.");
    }

    [Fact]
    public async Task External_clusters_take_an_admin_and_are_counted()
    {
        await using var fleet = await HeldAsync("apps");
        var hold = await fleet.HoldAsync();
        var path = $"/holds/{hold["metadata"]!["name"]}/release";
        ((int)hold["spec"]!["impact"]!["external"]!).ShouldBe(1);

        (await (await fleet.Client.AsAsync("operator")).PostTextAsync(path, """{"reason": "x"}""")).ShouldBeProblem(403, "forbidden").Text("/detail")!.ShouldContain("admin");
        (await fleet.Client.PostTextAsync(path, """{"reason": "x"}""")).ShouldBe(200);
        await fleet.Store.SettledAsync(fleet.Client);
        fleet.Store.Repo.Files().ShouldNotContain(file => file.Contains("/redis"));
    }

    [Fact]
    public async Task Too_many_external_clusters_are_held_and_listed_page_by_page()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:MaxExternalClusters", "1"));
        var client = server.Client;
        using var stores = new Several("one", "two");
        foreach (var store in stores.All)
        {
            await store.RegisterAsync(client);
            await client.DoneAsync("POST", "/apply", new JsonArray(
                Fleet.Cluster($"{store.Name}-1", "", $$""" "environment": "apps", "stateStore": {"name": "{{store.Name}}"} """),
                Fleet.Cluster($"{store.Name}-2", "", $$""" "environment": "apps", "stateStore": {"name": "{{store.Name}}"} """)));
            await Wait.UntilAsync(async () => (await client.GetAsync($"/holds?stateStore={store.Name}")).Json["items"]!.AsArray().Count == 1);
        }

        var first = (await client.GetAsync("/holds?limit=1")).ShouldBe(200);
        first.Text("/items/0/spec/stateStore").ShouldBe("two");
        first.Text("/items/0/spec/reason").ShouldBe("TooManyExternalClusters");
        var second = await client.GetAsync($"/holds?limit=1&continue={first.Text("/metadata/continue")}");
        second.Text("/items/0/spec/stateStore").ShouldBe("one");
        second.Text("/metadata/continue").ShouldBe("");

        (await client.PostTextAsync($"/holds/{second.Text("/items/0/metadata/name")}/discard", """{"reason": "Not now."}""")).ShouldBe(200);
        var condition = (await client.GetAsync("/state-stores/one")).At("/status/conditions/0")!;
        ((string)condition["status"]!, (string)condition["reason"]!).ShouldBe(("False", "HoldDiscarded"));
        stores.All[0].Repo.Commits().ShouldBe(0);
    }

    /// <summary>A fleet whose store is on hold: the rows ask for the removal of redis from c1, and no change did.</summary>
    private async Task<HeldFleet> HeldAsync(string environment)
    {
        var connection = await postgres.MigratedAsync();
        var fleet = new HeldFleet(TestServer.Start(connection), new OwnStore("own"));
        await fleet.Store.RegisterAsync(fleet.Client);
        await fleet.Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Promise("redis", Fleet.Selecting("team", "A"), "x"), Fleet.Promise("kafka", Fleet.Selecting("team", "A"), "y"),
            Fleet.Cluster("c1", "team=A", $$""" "environment": "{{environment}}", "stateStore": {"name": "own"} """)));
        if (environment == "apps") await fleet.Client.DoneAsync("POST", "/promotions", Fleet.Node("""{"spec": {"from": "ops", "to": "apps", "all": true}}"""));
        await fleet.Client.SettledAsync();

        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync();
        await using var damage = new NpgsqlCommand(
            "UPDATE placements SET leaving = true, digest = NULL WHERE name = 'redis.c1'; UPDATE cluster_delivery SET written_version = 0 WHERE cluster = 'c1'", database);
        await damage.ExecuteNonQueryAsync();
        await fleet.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("c0", "", """ "stateStore": {"name": "own"} """));
        await Wait.UntilAsync(async () => (await fleet.Client.GetAsync("/holds?stateStore=own")).Json["items"]!.AsArray().Count == 1);
        return fleet;
    }

    private sealed record HeldFleet(TestServer Server, OwnStore Store) : IAsyncDisposable
    {
        public ApiClient Client => Server.Client;

        public async Task<JsonNode> HoldAsync() => (await Client.GetAsync("/holds?stateStore=own")).Json["items"]!.AsArray().ShouldHaveSingleItem()!;

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Store.Dispose();
        }
    }

    private sealed class Several(params string[] names) : IDisposable
    {
        public IReadOnlyList<OwnStore> All { get; } = [.. names.Select(name => new OwnStore(name))];

        public void Dispose()
        {
            foreach (var store in All) store.Dispose();
        }
    }
}
