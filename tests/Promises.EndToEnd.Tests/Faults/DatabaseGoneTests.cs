using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

public sealed class DatabaseGoneTests(TestPostgres postgres)
{
    [Fact]
    public async Task A_server_whose_database_goes_writes_nothing_more_and_comes_back_with_it()
    {
        var database = await postgres.MigratedAsync();
        await using var server = TestServer.Start(database);
        var api = server.Client;
        using var own = new OwnStore(Fleet.Name("gone"));
        await own.RegisterAsync(api);
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c1", "", $$""" "stateStore": {"name": "{{own.Name}}"} """));
        await own.SettledAsync(api);

        // In the middle of a push: it is cut off, since somebody else may have the store from now on.
        using var place = new TempDirectory();
        own.Repo.Hook("pre-receive", $"touch {place["begun"]}; sleep 30; touch {place["ended"]}");
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c2", "", $$""" "stateStore": {"name": "{{own.Name}}"} """));
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(place["begun"])));
        await AllowAsync(database, false);
        await Wait.UntilAsync(() => RunningProcesses.With(own.Repo.Path).Count == 0, TimeSpan.FromSeconds(10));
        (await api.With(null).GetAsync("/readyz")).Status.ShouldBe(503);
        (await api.With(null).GetAsync("/healthz")).Status.ShouldBe(200);

        own.Repo.Hook("pre-receive", "exit 0");
        await AllowAsync(database, true);
        await Wait.UntilAsync(async () => (await api.GetAsync("/clusters")).Status == 200);
        await own.SettledAsync(api);
        own.Below("clusters/c2").ShouldNotBeEmpty();
        (await api.With(null).GetAsync("/readyz")).Status.ShouldBe(200);
        File.Exists(place["ended"]).ShouldBeFalse();
    }

    /// <summary>As a database that was stopped looks to its clients, and to these only.</summary>
    private static async Task AllowAsync(string database, bool allow)
    {
        var settings = new NpgsqlConnectionStringBuilder(database);
        var name = settings.Database;
        (settings.Database, settings.Pooling) = ("postgres", false);
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"ALTER DATABASE {name} ALLOW_CONNECTIONS {allow}", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        if (allow) return;
        await using var end = new NpgsqlCommand($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'", connection);
        await end.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
