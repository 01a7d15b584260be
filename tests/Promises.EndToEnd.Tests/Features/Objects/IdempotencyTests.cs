using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Features.Fleet;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Objects;

public sealed class IdempotencyTests(IdempotencyTests.Pair servers) : IClassFixture<IdempotencyTests.Pair>
{
    private const string Header = "Idempotency-Key";

    private ApiClient Client => servers.One.Client;

    /// <summary>The same token on the other server.</summary>
    private ApiClient Other => new(servers.Two.Address, servers.One.AdminToken);

    public static TheoryData<string, string> Requests => new()
    {
        { "/clusters", """{"metadata": {"name": "NAME"}}""" },
        { "/environments", """{"metadata": {"name": "NAME"}, "spec": {"position": 30, "audience": "external"}}""" },
        { "/credentials", """{"metadata": {"name": "NAME"}, "spec": {"type": "token", "username": "x", "token": "s3cret"}}""" },
        { "/state-stores", """{"metadata": {"name": "NAME"}}""" },
        { "/promises", """{"metadata": {"name": "NAME"}, "spec": {"placement": {"onlyIncluded": true}}}""" },
        { "/tokens", """{"metadata": {"name": "NAME"}, "spec": {"role": "viewer"}}""" },
        { "/apply", """{"kind": "Cluster", "apiVersion": "promises.dev/v1alpha1", "metadata": {"name": "NAME"}}""" },
        { "/promotions", """{"spec": {"from": "ops", "to": "apps", "all": true, "note": "NAME"}}""" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Same_request_with_the_same_key_gets_the_first_answer_again_and_has_no_second_effect(string path, string body)
    {
        var name = Fleet.Name("k");
        if (path == "/promotions") (await Client.PostTextAsync("/promises", $$"""{"metadata": {"name": "{{name}}"}, "spec": {"placement": {"onlyIncluded": true} } }""")).ShouldBe(201);
        body = body.Replace("NAME", name, StringComparison.Ordinal);
        var first = await Client.PostTextAsync(path, body, (Header, name));
        first.Status.ShouldBeOneOf([200, 201], first.Text);
        var version = await Client.VersionAsync();

        var again = await Client.PostTextAsync(path, body, (Header, name));
        var elsewhere = await Other.PostTextAsync(path, body, (Header, name));

        foreach (var reply in (Reply[])[again, elsewhere])
        {
            reply.Status.ShouldBe(first.Status);
            reply.Text.ShouldBe(first.Text);
            foreach (var header in (string[])["Location", "Promises-Change", "ETag"]) reply.Header(header).ShouldBe(first.Header(header));
        }

        first.Header("Promises-Change").ShouldNotBeNull();
        (await Client.VersionAsync()).ShouldBe(version);
        (await Client.SendAsync("POST", path, body, headers: (Header, Fleet.Name("k")))).Status.ShouldBeOneOf(200, 409);
    }

    [Fact]
    public async Task Answer_that_changed_nothing_is_kept_too()
    {
        var (key, name) = (Fleet.Name("k"), Fleet.Name("c"));
        var body = $$"""{"kind": "Cluster", "apiVersion": "promises.dev/v1alpha1", "metadata": {"name": "{{name}}"} }""";
        await Client.PostTextAsync("/apply", body);
        var version = await Client.VersionAsync();
        var first = (await Client.PostTextAsync("/apply", body, (Header, key))).ShouldBe(200);
        first.Text("/results/0/result").ShouldBe("Unchanged");
        (await Client.VersionAsync()).ShouldBe(version);

        await Client.DoneAsync("DELETE", $"/clusters/{name}?files=keep");
        (await Client.PostTextAsync("/apply", body, (Header, key))).Text.ShouldBe(first.Text);
        (await Client.GetAsync($"/clusters/{name}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Another_body_query_or_path_with_the_same_key_is_refused_and_another_principal_has_keys_of_its_own()
    {
        var (key, name) = (Fleet.Name("k"), Fleet.Name("c"));
        var body = $$"""{"metadata": {"name": "{{name}}"} }""";
        await Client.PostTextAsync("/clusters", body, (Header, key));

        foreach (var (path, other) in ((string, string)[])[("/clusters", body + " "), ("/clusters?allowSecret=a", body), ("/state-stores", body)])
            (await Client.PostTextAsync(path, other, (Header, key))).Mistakes().ShouldBe([" idempotency-key"]);

        var operators = await Client.AsAsync("operator");
        (await operators.PostTextAsync("/clusters", body, (Header, key))).ShouldBeProblem(409, "already-exists");
        (await Client.PostTextAsync("/clusters", body, (Header, key))).ShouldBe(201);
    }

    [Fact]
    public async Task Refused_request_may_be_repeated_with_its_key_and_a_dry_run_ignores_it()
    {
        var (key, name) = (Fleet.Name("k"), Fleet.Name("p"));
        var cluster = Fleet.Name("c");
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, $"of={name}"));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(name, Fleet.Selecting("of", name), "x,y"));
        var smaller = Fleet.Promise(name, Fleet.Selecting("of", name), "x");
        smaller["apiVersion"] = "promises.dev/v1alpha1";

        (await Client.PostAsync("/apply?dryRun=true", smaller, (Header, key))).ShouldBe(200);
        var refused = (await Client.PostAsync("/apply", smaller, (Header, key))).ShouldBeProblem(409, "impact-confirmation-required");
        (await Client.PostAsync("/apply?dryRun=true", new JsonArray(), (Header, key))).ShouldBe(200);
        var done = (await Client.PostAsync("/apply", smaller, (Header, key), ("Impact-Token", refused.Text("/impactToken")!))).ShouldBe(200);
        (await Client.PostAsync("/apply", smaller, (Header, key))).Text.ShouldBe(done.Text);
    }

    [Fact]
    public async Task Answer_with_a_secret_does_not_lie_in_the_database_as_it_is_and_goes_with_its_principal()
    {
        var name = Fleet.Name("t");
        var maker = (await Client.PostAsync("/tokens", Tokens.Document(name, "admin"))).ShouldBe(201);
        var own = Client.With(maker.Text("/status/token"));
        var secret = (await own.PostAsync("/tokens", Tokens.Document(name + "-made"), (Header, name))).ShouldBe(201).Text("/status/token")!;

        var kept = (byte[])(await servers.SqlAsync($"SELECT body FROM idempotency_keys WHERE key = '{name}'"))!;
        Encoding.Latin1.GetString(kept).ShouldNotContain(secret[4..]);

        (await Client.DeleteAsync($"/tokens/{name}?dryRun=true")).ShouldBe(200);
        (await servers.SqlAsync($"SELECT count(*) FROM idempotency_keys WHERE key = '{name}'")).ShouldBe(1L);
        (await Client.DeleteAsync($"/tokens/{name}")).ShouldBe(200);
        (await servers.SqlAsync($"SELECT count(*) FROM idempotency_keys WHERE key = '{name}'")).ShouldBe(0L);
    }

    [Fact]
    public async Task Request_that_still_runs_is_told_so_on_every_server_and_one_that_breaks_off_leaves_no_key()
    {
        var name = Fleet.Name("c");
        var body = $$"""{"metadata": {"name": "{{name}}"} }""";
        Task<Reply> first;
        await using (var connection = new NpgsqlConnection(servers.ConnectionString))
        {
            // Whoever holds the fleet lock makes all writes wait.
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("UPDATE fleet SET version = version", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            first = Client.PostTextAsync("/clusters", body, (Header, name));
            await Wait.UntilAsync(async () => await servers.SqlAsync(Waiting("count(*)")) is 1L);
            (await Client.PostTextAsync("/clusters", body, (Header, name))).ShouldBeProblem(409, "in-progress").Header("Retry-After").ShouldNotBeNull();
            (await Other.PostTextAsync("/clusters", body, (Header, name))).ShouldBeProblem(409, "in-progress").Header("Retry-After").ShouldNotBeNull();

            // As when its server crashes: the connection breaks in the middle.
            await servers.SqlAsync(Waiting("bool_and(pg_terminate_backend(pid))"));
            (await first).Status.ShouldBe(503);
            (await servers.SqlAsync($"SELECT count(*) FROM idempotency_keys WHERE key = '{name}'")).ShouldBe(0L);
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }

        (await Client.PostTextAsync("/clusters", body, (Header, name))).ShouldBe(201);
    }

    [Fact]
    public async Task Ten_at_once_have_one_effect_and_one_answer()
    {
        var name = Fleet.Name("c");
        var body = $$"""{"metadata": {"name": "{{name}}"} }""";
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => (number % 2 == 0 ? Client : Other).PostTextAsync("/clusters", body, (Header, name))));

        foreach (var reply in replies.Where(reply => reply.Status != 201)) reply.ShouldBeProblem(409, "in-progress");
        replies.Where(reply => reply.Status == 201).Select(reply => reply.Text).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Key_is_free_after_a_day_and_its_answer_is_removed()
    {
        var (old, young) = (Fleet.Name("c"), Fleet.Name("c"));
        foreach (var name in (string[])[old, young]) (await Client.PostTextAsync("/clusters", $$"""{"metadata": {"name": "{{name}}"} }""", (Header, name))).ShouldBe(201);
        await servers.SqlAsync($"UPDATE idempotency_keys SET kept_at = kept_at - interval '24 hours' WHERE key = '{old}'");

        (await Client.PostTextAsync("/clusters", $$"""{"metadata": {"name": "{{old}}"} }""", (Header, old))).ShouldBeProblem(409, "already-exists");
        (await servers.One.Services.GetRequiredService<IdempotencyCleaning>().CleanAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        (await servers.SqlAsync($"SELECT string_agg(key, ' ') FROM idempotency_keys WHERE key IN ('{old}', '{young}')")).ShouldBe(young);
    }

    [Fact]
    public async Task Writes_that_name_what_they_change_take_no_notice_of_it()
    {
        var (key, name) = (Fleet.Name("k"), Fleet.Name("c"));
        (await Client.PutAsync($"/clusters/{name}", "{}", (Header, key))).ShouldBe(201);
        (await Client.PatchAsync($"/clusters/{name}", """{"metadata": {"labels": {"a": "b"}}}""", (Header, key))).ShouldBe(200);
        (await Client.DeleteAsync($"/clusters/{name}?files=keep", (Header, key))).ShouldBe(200);
        (await servers.SqlAsync($"SELECT count(*) FROM idempotency_keys WHERE key = '{key}'")).ShouldBe(0L);
    }

    private static string Waiting(string what) =>
        $"SELECT {what} FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE fleet SET version = version + 1%'";

    /// <summary>Two servers on one database and one key ring.</summary>
    public sealed class Pair(TestPostgres postgres) : IAsyncLifetime
    {
        private readonly TempDirectory _keys = new();

        internal TestServer One { get; private set; } = null!;

        internal TestServer Two { get; private set; } = null!;

        internal string ConnectionString { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            ConnectionString = await postgres.MigratedAsync();
            One = TestServer.Start(ConnectionString, ("Data:KeyRing", _keys["keys"]));
            Two = TestServer.Start(ConnectionString, ("Data:KeyRing", _keys["keys"]));
        }

        public async ValueTask DisposeAsync()
        {
            await One.DisposeAsync();
            await Two.DisposeAsync();
            _keys.Dispose();
        }

        internal async Task<object?> SqlAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }
}
