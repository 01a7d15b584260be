using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Features.Events;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Events;

public sealed class EventLogTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Stream_is_resumed_on_another_server_and_after_a_restart_without_a_loss()
    {
        var database = await postgres.MigratedAsync();
        var one = TestServer.Start(database);
        var token = one.AdminToken;
        await using var two = TestServer.Start(database);
        var writer = new ApiClient(two.Address, token);
        string? id;
        await using (var events = await EventClient.OpenAsync(one.Address, token, "?kind=Cluster"))
        {
            await writer.DoneAsync("POST", "/clusters", Fleet.Cluster("a"));
            await events.UntilAsync("Cluster", "a");
            var began = TimeProvider.System.GetTimestamp();
            await one.DisposeAsync();
            await events.Ended;
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            id = events.LastId;
        }

        await writer.DoneAsync("POST", "/clusters", Fleet.Cluster("b"));
        await using var three = TestServer.Start(database);
        foreach (var server in (TestServer[])[two, three])
        {
            await using var events = await EventClient.OpenAsync(server.Address, token, "?kind=Cluster", id);
            await events.UntilAsync("Cluster", "b");
            events.Events.ShouldNotContain(sent => sent.Event == "reset");
        }
    }

    [Fact]
    public async Task Row_of_a_transaction_that_commits_late_is_not_passed_over()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        foreach (var name in (string[])["early", "late"]) await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name));
        await server.Client.SettledAsync();
        await using var events = await OpenAsync(server);
        string? id;

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(None);
        await using (var transaction = await connection.BeginTransactionAsync(None))
        {
            await using var early = new NpgsqlCommand("INSERT INTO fleet_events (type, kind, name, detail) VALUES ('Modified', 'Cluster', 'early', 'said early')", connection);
            await early.ExecuteNonQueryAsync(None);
            await server.Client.PutAsync("/clusters/late/labels/a", """{"value": "b"}""");
            var log = server.Services.GetRequiredService<EventLog>();
            var place = (await log.LookAsync(None)).Now;
            (await log.ReadAsync(place, EventFilter.None, 1000, None))!.UpTo.ShouldBe(place, "Nothing is passed while it is open.");
            // Both the stream that follows and one that comes back meanwhile.
            await using (var meanwhile = await OpenAsync(server, lastId: events.LastId)) id = meanwhile.LastId;
            await transaction.CommitAsync(None);
        }

        await using var resumed = await OpenAsync(server, lastId: id);
        foreach (var stream in (EventClient[])[events, resumed])
        {
            await stream.UntilAsync("Cluster", "late");
            await stream.UntilAsync(sent => (string?)sent.Data["detail"] == "said early");
        }
    }

    [Fact]
    public async Task List_that_is_read_while_a_transaction_is_open_can_be_followed_from()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("early"));
        await server.Client.SettledAsync();

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(None);
        await using var transaction = await connection.BeginTransactionAsync(None);
        await using var early = new NpgsqlCommand("INSERT INTO fleet_events (type, kind, name, detail) VALUES ('Modified', 'Cluster', 'early', 'said early')", connection);
        await early.ExecuteNonQueryAsync(None);
        await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("late"));
        var version = (await server.Client.GetAsync("/clusters")).Text("/metadata/resourceVersion");
        await transaction.CommitAsync(None);

        await using var events = await OpenAsync(server, $"?since={version}");
        await events.UntilAsync(sent => (string?)sent.Data["detail"] == "said early");
    }

    [Fact]
    public async Task Client_that_does_not_read_is_cut_and_nobody_else_notices()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Events:SlowClient", "00:00:02"), ("Events:StreamsPerToken", "1"));
        var token = (await server.Client.PostAsync("/tokens", Tokens.Document("slow"))).Text("/status/token")!;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, None);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n"), None);
        var start = new byte[12];
        await socket.ReceiveAsync(start, None);
        Encoding.ASCII.GetString(start).ShouldBe("HTTP/1.1 200");
        await using var other = await OpenAsync(server);

        var large = new string('x', 250_000);
        for (var i = 0; i < 50; i++)
            await server.Client.DoneAsync("POST", "/clusters", Fleet.Node($$"""{"metadata": {"name": "c{{i}}", "annotations": {"a": "{{large}}"} } }"""));

        await other.UntilAsync("Cluster", "c49");
        await Wait.UntilAsync(() => IsFreeAsync(server, token), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Rows_that_are_pruned_are_told_by_a_reset_and_the_newest_list_can_always_be_followed()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        await using var behind = TestServer.Start(database);
        var client = server.Client;
        var other = new ApiClient(behind.Address, server.AdminToken);
        (await other.GetAsync("/placements")).Status.ShouldBe(200);
        await using var events = await OpenAsync(server);
        await client.DoneAsync("POST", "/promises", Fleet.Promise("p", Fleet.Selecting("team", "A"), "x"));
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("c", "team=A"));
        await client.SettledAsync();
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("d"));
        await client.SettledAsync();
        await events.UntilAsync("Cluster", "d");
        var objects = (await client.GetAsync("/changes")).Text;

        await SqlAsync(database, "UPDATE fleet_events SET at = at - interval '8 days'");
        var retention = server.Services.GetRequiredService<EventRetention>();
        (await retention.PruneAsync(None)).ShouldBeGreaterThan(0);
        (await retention.PruneAsync(None)).ShouldBe(0);

        // What is not pruned: what changes touched, and what came after the newest one.
        (await client.GetAsync("/changes")).Text.ShouldBe(objects);
        (await SqlAsync(database, "SELECT count(*) FROM fleet_events WHERE version IS NULL AND xid < (SELECT events_from FROM changes ORDER BY number DESC LIMIT 1)")).ShouldBe(0L);
        await using var old = await OpenAsync(server, lastId: events.Events[0].Id);
        await old.UntilAsync(sent => sent.Event == "reset");
        await using var newest = await OpenAsync(server, $"?since={(await client.GetAsync("/clusters")).Text("/metadata/resourceVersion")}");
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("e"));
        foreach (var stream in (EventClient[])[old, newest, events]) await stream.UntilAsync("Cluster", "e");
        newest.Events.ShouldNotContain(sent => sent.Event == "reset");

        // The other server moves its snapshot over the gap.
        var plan = await other.SendAsync("DELETE", "/clusters/c/labels/team?dryRun=true", null);
        plan.Text("/placements/0/change").ShouldBe("Retain", plan.Text);
    }

    [Fact]
    public async Task Restored_database_begins_a_log_of_its_own()
    {
        var database = await postgres.MigratedAsync();
        string? id;
        string token;
        await using (var server = TestServer.Start(database))
        {
            token = server.AdminToken;
            await using var events = await OpenAsync(server);
            await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("a"));
            await events.UntilAsync("Cluster", "a");
            id = events.LastId;
        }

        // As if the rows came from a database that had counted further.
        await SqlAsync(database, "UPDATE event_horizon SET log = 'elsewhere/1'");
        await SqlAsync(database, "UPDATE fleet_events SET xid = (xid::text::bigint + 1000000)::text::xid8");
        await SqlAsync(database, "UPDATE changes SET events_from = (events_from::text::bigint + 1000000)::text::xid8");

        await using var restored = TestServer.Start(database);
        var client = new ApiClient(restored.Address, token);
        var version = (await client.GetAsync("/clusters")).Text("/metadata/resourceVersion");
        await client.DoneAsync("POST", "/clusters", Fleet.Cluster("b"));
        await using var resumed = await EventClient.OpenAsync(restored.Address, token, lastId: id);
        await resumed.UntilAsync(sent => sent.Event == "reset");
        await using var listed = await EventClient.OpenAsync(restored.Address, token, $"?since={version}");
        await listed.UntilAsync("Cluster", "b");
        listed.Events.ShouldNotContain(sent => sent.Event == "reset");
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_database_while_nobody_follows_and_an_outage_of_it_is_survived()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        var tail = server.Services.GetRequiredService<EventTail>();
        tail.Log.ShouldBeNull();
        await using (var events = await OpenAsync(server, "?kind=Cluster"))
        {
            await Wait.UntilAsync(() => Task.FromResult(tail.Log is not null));
            await SqlAsync(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            await Wait.UntilAsync(async () => (await server.Client.PutAsync("/clusters/a", "{}")).Status is 200 or 201);
            // The stream may have broken off with its connection.
            if (events.Ended.IsCompleted)
            {
                await using var again = await OpenAsync(server, "?kind=Cluster", events.LastId);
                await again.UntilAsync("Cluster", "a");
            }
            else await events.UntilAsync("Cluster", "a");
        }

        await Wait.UntilAsync(() => Task.FromResult(tail.Log is null));
    }

    private static async Task<bool> IsFreeAsync(TestServer server, string token)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/events?kind=Promotion"));
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        return (int)response.StatusCode == 200;
    }

    private static async Task<object?> SqlAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(None);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(None);
    }

    private static Task<EventClient> OpenAsync(TestServer server, string query = "", string? lastId = null) => EventClient.OpenAsync(server.Address, server.AdminToken, query, lastId);
}
