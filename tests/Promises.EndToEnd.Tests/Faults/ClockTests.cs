using System.Globalization;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Two replicas whose clocks are twenty minutes apart.</summary>
public sealed class ClockTests(TestPostgres postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    private TestServer _fast = null!;
    private TestServer _slow = null!;
    private string _database = "";

    private ApiClient Fast => _fast.Client;

    private ApiClient Slow => new(_slow.Address, _fast.AdminToken);

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.MigratedAsync();
        _fast = TestServer.Start(_database, ("Testing:ClockSkew", "00:10:00"));
        _slow = TestServer.Start(_database, ("Testing:ClockSkew", "-00:10:00"));
    }

    public async ValueTask DisposeAsync()
    {
        await _fast.DisposeAsync();
        await _slow.DisposeAsync();
    }

    [Fact]
    public async Task All_that_is_stored_has_the_time_of_the_database()
    {
        foreach (var api in (ApiClient[])[Fast, Slow])
        {
            var reply = await api.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c")));
            At(reply.Text("/metadata/creationTimestamp")!).ShouldBe(await NowAsync(), Tolerance);
            At((await api.GetAsync($"/changes/{reply.Header("Promises-Change")}")).Text("/status/at")!).ShouldBe(await NowAsync(), Tolerance);
        }
    }

    [Fact]
    public async Task A_token_of_one_is_worth_the_same_on_the_other()
    {
        foreach (var (issuer, taker) in ((ApiClient, ApiClient)[])[(Fast, Slow), (Slow, Fast)])
        {
            var name = Fleet.Name("p");
            await issuer.DoneAsync("PUT", $"/promises/{name}", Fleet.Promise(name, """ "allClusters": true """, "a,b"));
            await issuer.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c")));

            var refused = (await issuer.DeleteAsync($"/promises/{name}")).ShouldBeProblem(409, "impact-confirmation-required");
            At(refused.Text("/expiresAt")!).ShouldBe(await NowAsync() + TimeSpan.FromMinutes(10), Tolerance);
            (await taker.DeleteAsync($"/promises/{name}", ("Impact-Token", refused.Text("/impactToken")!))).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_store_that_fails_is_tried_again_at_the_time_that_the_other_said_too()
    {
        using var own = new OwnStore(Fleet.Name("clock"));
        await own.RegisterAsync(Fast);
        await Wait.UntilAsync(async () => (await Fast.GetAsync($"/state-stores/{own.Name}")).Text("/status/conditions/0/status") == "True");
        own.Repo.Hook("pre-receive", "exit 1");
        await Fast.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c"), "", $$""" "stateStore": {"name": "{{own.Name}}"} """));
        await Wait.UntilAsync(async () => (await Slow.GetAsync($"/state-stores/{own.Name}")).Text("/status/nextTry") is not null);

        var next = At((await Slow.GetAsync($"/state-stores/{own.Name}")).Text("/status/nextTry")!);
        (next - await NowAsync()).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private async Task<DateTimeOffset> NowAsync()
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
    }
}
