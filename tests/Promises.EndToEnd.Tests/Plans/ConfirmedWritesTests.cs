using System.Text.Json.Nodes;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Plans;

/// <summary>Whatever is confirmed is written: the brake is for what nobody asked for.</summary>
public sealed class ConfirmedWritesTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Confirmed_writes_in_any_order_are_never_held(int seed)
    {
        using var place = new TempDirectory();
        var connection = await postgres.MigratedAsync();
        await using var server = TestServer.Start(connection);
        var (client, random) = (server.Client, new Random(seed));
        var classic = new GitRepo(place["classic.git"]);
        (await client.PostAsync("/state-stores", Fleet.Node($$"""{"metadata": {"name": "classic"}, "spec": {"layout": "kratix", "git": {"url": "{{classic.Url}}"} } }"""))).Status.ShouldBe(201);
        var writes = new RandomWrites(random);
        await client.DoneAsync("POST", "/apply", new JsonArray(
            writes.NewCluster(), writes.NewCluster("classic"), writes.NewCluster(), writes.NewCluster("classic"), writes.NewPromise("a"), writes.NewPromise("d"), writes.NewPromise("e")));

        var removed = 0;
        for (var i = 0; i < 80; i++)
        {
            var (method, path, body) = random.Next(12) == 0
                ? ("PATCH", "/state-stores/classic", Fleet.Node($$"""{"spec": {"layout": "{{(random.Next(2) == 0 ? "kratix" : "placements")}}"} }"""))
                : writes.Next();
            var reply = await client.SendAsync(method, path, body?.ToJsonString());
            if (reply.Status == 409 && reply.Code == "impact-confirmation-required")
            {
                reply = await client.SendAsync(method, path, body?.ToJsonString(), headers: ("Impact-Token", (string)reply.Json["impactToken"]!));
                removed++;
            }

            // Some changes meet in one commit, and some do not. Now and then somebody else writes, so that everything is compared.
            if (random.Next(3) > 0) continue;
            await client.SettledAsync();
            (await client.GetAsync("/holds")).Json["items"]!.AsArray().ShouldBeEmpty($"seed {seed}, {i}: {method} {path} {body?.ToJsonString()}");
            if (random.Next(3) == 0) classic.Commit("main", "theirs", ($"their-{i}", "x"));
        }

        await client.SettledAsync();
        removed.ShouldBeGreaterThan(5);
        (await client.GetAsync("/holds")).Json["items"]!.AsArray().ShouldBeEmpty($"seed {seed}");

        // All that was allowed is done, and nothing more is allowed.
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var grants = new NpgsqlCommand("SELECT count(*) FROM removal_grants", database);
        (await grants.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(0L, $"seed {seed}");
    }
}
