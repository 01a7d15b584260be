using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Http;

public sealed class HealthTests(ServerFixture fixture, TestPostgres postgres) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Server_says_that_it_is_alive() => (await fixture.Client.With(null).GetAsync("/healthz")).Text.ShouldBe("""{"status":"ok"}""");

    [Fact]
    public async Task Server_is_ready_when_all_parts_work()
    {
        var reply = await fixture.Client.With(null).GetAsync("/readyz");

        reply.Status.ShouldBe(200, reply.Text);
        ((string?)reply.Json["status"]).ShouldBe("ready");
        ((string?)reply.Json["checks"]!["database"]).ShouldBe("ok");
        ((string?)reply.Json["checks"]!["migrations"]).ShouldBe("ok");
    }

    [Fact]
    public async Task Server_whose_database_goes_away_says_so_in_bounded_time()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        var client = server.Client;
        (await client.GetAsync("/tokens")).Status.ShouldBe(200);

        await DropAsync(database);
        var began = TimeProvider.System.GetTimestamp();

        var ready = await client.With(null).GetAsync("/readyz");
        ready.Status.ShouldBe(503);
        ((string?)ready.Json["checks"]!["database"]).ShouldNotBe("ok");
        var read = (await client.GetAsync("/tokens")).ShouldBeProblem(503, "unavailable");
        read.Header("Retry-After").ShouldBe("5");
        (await client.PostAsync("/tokens", Tokens.Document("late"))).ShouldBeProblem(503, "unavailable");
        (await client.With(null).GetAsync("/healthz")).Status.ShouldBe(200);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Server_whose_database_hangs_says_so_in_bounded_time()
    {
        await using var silence = new Silence(await postgres.MigratedAsync());
        await using var server = TestServer.Start($"{silence.ConnectionString};Timeout=6;Command Timeout=6;Cancellation Timeout=500");
        var client = server.Client;
        (await client.GetAsync("/tokens")).Status.ShouldBe(200);

        silence.Begin();
        var began = TimeProvider.System.GetTimestamp();
        var ready = await client.With(null).GetAsync("/readyz");
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        ready.Status.ShouldBe(503);
        (await client.GetAsync("/tokens")).ShouldBeProblem(503, "unavailable");
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static async Task DropAsync(string connectionString)
    {
        var other = new NpgsqlConnectionStringBuilder(connectionString);
        var name = other.Database;
        other.Database = "postgres";
        await using var connection = new NpgsqlConnection(other.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"DROP DATABASE {name} WITH (FORCE)", connection);
        await command.ExecuteNonQueryAsync();
    }
}
