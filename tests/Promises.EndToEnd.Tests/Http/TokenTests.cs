using System.Globalization;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Http;

public sealed class TokenTests(ServerFixture fixture, TestPostgres postgres) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Token_is_shown_once_works_and_ends_at_once_when_it_is_revoked()
    {
        var name = Tokens.NewName();
        var made = await Client.PostAsync("/tokens", Tokens.Document(name, "operator"));
        var text = (string)made.Json["status"]!["token"]!;
        text.ShouldStartWith("pst_");

        var shown = await Client.GetAsync($"/tokens/{name}");
        shown.Text.ShouldNotContain(text);
        shown.Json["status"]!["token"].ShouldBeNull();
        text.ShouldStartWith((string)shown.Json["status"]!["prefix"]!);
        ((string?)shown.Json["spec"]!["role"]).ShouldBe("operator");
        (await Client.GetAsync("/tokens?limit=1000")).Text.ShouldNotContain(text);

        (await Client.With(text).GetAsync("/tokens")).Status.ShouldBe(200);
        var revoked = await Client.DeleteAsync($"/tokens/{name}");
        revoked.Status.ShouldBe(200);
        ((string?)revoked.Json["metadata"]!["name"]).ShouldBe(name);
        (await Client.With(text).GetAsync("/tokens")).Status.ShouldBe(401);
        (await Client.GetAsync($"/tokens/{name}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Name_that_exists_is_refused()
    {
        (await Client.PostAsync("/tokens", Tokens.Document("admin", "admin"))).ShouldBeProblem(409, "already-exists");
    }

    [Fact]
    public async Task Expiry_in_the_past_is_refused()
    {
        var reply = (await Client.PostAsync("/tokens", Tokens.Document(Tokens.NewName(), "viewer", "2020-01-01T00:00:00Z"))).ShouldBeProblem(422, "invalid");
        ((string?)reply.Json["errors"]![0]!["pointer"]).ShouldBe("/spec/expiresAt");
        ((string?)reply.Json["errors"]![0]!["rule"]).ShouldBe("range");
    }

    [Fact]
    public async Task Expired_token_opens_nothing()
    {
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(1);
        var document = Tokens.Document(Tokens.NewName(), "viewer", expires.ToString("O", CultureInfo.InvariantCulture));
        var client = Client.With((string?)(await Client.PostAsync("/tokens", document)).Json["status"]!["token"]);

        await Wait.UntilAsync(async () => (await client.GetAsync("/tokens")).Status == 401);
    }

    [Fact]
    public async Task Last_use_is_noted()
    {
        (await Client.GetAsync("/tokens/admin")).Status.ShouldBe(200);
        await Wait.UntilAsync(async () => (await Client.GetAsync("/tokens/admin")).Json["status"]!["lastUsed"] is not null);
    }

    [Fact]
    public async Task Last_admin_token_stays()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        (await server.Client.PostAsync("/tokens", Tokens.Document("passing", "admin", "2999-01-01T00:00:00Z"))).Status.ShouldBe(201);
        (await server.Client.DeleteAsync("/tokens/admin?dryRun=true")).ShouldBeProblem(409, "in-use");
        (await server.Client.DeleteAsync("/tokens/admin")).ShouldBeProblem(409, "in-use").Json["users"].ShouldNotBeNull();

        var other = await server.Client.AsAsync("admin");
        (await other.DeleteAsync("/tokens/admin")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Dry_run_of_a_token_keeps_nothing_and_gives_no_token()
    {
        var name = Tokens.NewName();
        var reply = await Client.PostAsync($"/tokens?dryRun=true", Tokens.Document(name));

        reply.Status.ShouldBe(200);
        ((string?)reply.Json["kind"]).ShouldBe("Plan");
        ((string?)reply.Json["object"]!["metadata"]!["name"]).ShouldBe(name);
        reply.Text.ShouldNotContain("pst_AAA");
        reply.Json["object"]!["status"]!["token"].ShouldBeNull();
        reply.Header("Promises-Change").ShouldBeNull();
        (await Client.GetAsync($"/tokens/{name}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task First_token_lies_in_a_file_of_the_owner_and_is_shared_by_replicas()
    {
        var database = await postgres.MigratedAsync();
        await using var first = TestServer.Start(database);
        await using var second = TestServer.Start(database);

        var path = Path.Combine(first.DataDirectory, "admin.token");
        (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Exists(Path.Combine(second.DataDirectory, "admin.token")).ShouldBeFalse();
        (await new ApiClient(second.Address, first.AdminToken).GetAsync("/tokens")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Token_that_another_replica_revokes_ends_within_seconds()
    {
        var database = await postgres.MigratedAsync();
        await using var first = TestServer.Start(database);
        await using var second = TestServer.Start(database);
        var name = Tokens.NewName();
        var text = (string?)(await first.Client.PostAsync("/tokens", Tokens.Document(name))).Json["status"]!["token"];
        var there = new ApiClient(second.Address, text);
        (await there.GetAsync("/tokens")).Status.ShouldBe(200);

        (await first.Client.DeleteAsync($"/tokens/{name}")).Status.ShouldBe(200);

        await Wait.UntilAsync(async () => (await there.GetAsync("/tokens")).Status == 401, TimeSpan.FromSeconds(5));
    }
}
