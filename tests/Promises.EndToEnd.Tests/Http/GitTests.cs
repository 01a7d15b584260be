using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Promises.Data;
using Promises.EndToEnd.Tests.Support;
using Promises.Model;
using Promises.StateStores;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Http;

/// <summary>A real git against the real server.</summary>
public sealed class GitTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Service = "/info/refs?service=git-upload-pack";

    private ApiClient Anonymous => fixture.Client.With(null);

    [Fact]
    public async Task Embedded_store_is_cloned_and_pulled_with_a_token_as_the_password()
    {
        var (name, repository) = await StoreAsync();
        for (var i = 0; i < 40; i++) repository.Commit("main", $"commit {i}", ($"f{i}", $"{i}"));
        using var place = new TempDirectory();

        await RunAsync("clone", "--quiet", UrlOf(name, fixture.Server.AdminToken), place["work"]);

        // More than a thousand bytes of what the client has: git compresses such a request.
        repository.Commit("main", "one more", ("late", "1"));
        await RunAsync("-C", place["work"], "pull", "--quiet");
        File.Exists(Path.Combine(place["work"], "late")).ShouldBeTrue();
        Directory.GetFiles(place["work"]).Length.ShouldBe(41);
    }

    [Fact]
    public async Task Viewer_may_clone()
    {
        var (name, repository) = await StoreAsync();
        repository.Commit("main", "first", ("a", "1"));
        var made = await fixture.Client.PostAsync("/tokens", Tokens.Document(Tokens.NewName()));

        (await RunAsync("ls-remote", UrlOf(name, (string)made.Json["status"]!["token"]!))).ShouldContain("refs/heads/main");
    }

    [Fact]
    public async Task Nothing_is_served_without_a_token_or_with_a_wrong_one()
    {
        var (name, _) = await StoreAsync();

        var reply = (await Anonymous.GetAsync($"/git/{name}.git{Service}")).ShouldBeProblem(401, "unauthenticated");
        reply.Header("WWW-Authenticate")!.ShouldStartWith("Basic realm=");
        await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("ls-remote", UrlOf(name, null)));
        await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("ls-remote", UrlOf(name, "pst_wrong")));
    }

    [Fact]
    public async Task Bearer_works_too_and_the_answer_is_not_cached()
    {
        var (name, repository) = await StoreAsync();
        repository.Commit("main", "first", ("a", "1"));

        var reply = await fixture.Client.GetAsync($"/git/{name}.git{Service}");
        reply.Status.ShouldBe(200);
        reply.Header("Content-Type").ShouldBe("application/x-git-upload-pack-advertisement");
        reply.Header("Cache-Control").ShouldBe("no-cache");
        reply.Text.ShouldContain("refs/heads/main");
    }

    [Fact]
    public async Task Store_is_read_only_even_for_an_admin()
    {
        var (name, repository) = await StoreAsync();
        repository.Commit("main", "first", ("a", "1"));
        using var place = new TempDirectory();
        await RunAsync("clone", "--quiet", UrlOf(name, fixture.Server.AdminToken), place["work"]);
        await RunAsync("-C", place["work"], "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "--allow-empty", "-m", "mine");

        await Should.ThrowAsync<InvalidOperationException>(() => RunAsync("-C", place["work"], "push", "--quiet"));
        repository.Commits().ShouldBe(1);
        (await fixture.Client.GetAsync($"/git/{name}.git/info/refs?service=git-receive-pack")).ShouldBeProblem(403, "forbidden");
        (await fixture.Client.SendAsync("POST", $"/git/{name}.git/git-receive-pack", "0000", "application/x-git-receive-pack-request")).ShouldBeProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("/git/nobody.git")]
    [InlineData("/git/remote.git")]
    [InlineData("/git/nobody")]
    [InlineData("/git/..%2F..%2Fetc.git")]
    [InlineData("/git/%2Fetc%2Fpasswd.git")]
    public async Task What_is_not_an_embedded_store_is_not_found(string path)
    {
        await AddAsync(new GitSpec("https://git.example.com/x.git", "main", null, new GitIdentity("a", "b"), null, ""), "remote");
        (await fixture.Client.GetAsync(path + Service)).ShouldBeProblem(404, "not-found");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?service=git-upload-archive")]
    public async Task Only_the_smart_protocol_is_spoken(string query)
    {
        var (name, _) = await StoreAsync();
        (await fixture.Client.GetAsync($"/git/{name}.git/info/refs{query}")).ShouldBeProblem(400, "malformed");
    }

    private string UrlOf(string name, string? token) =>
        new UriBuilder(new Uri(fixture.Server.Address, $"/git/{name}.git")) { UserName = token is null ? "" : "x", Password = token ?? "" }.Uri.AbsoluteUri;

    private async Task<(string Name, GitRepo Repository)> StoreAsync()
    {
        var name = Tokens.NewName();
        await fixture.Client.DoneAsync("PUT", $"/state-stores/{name}", new JsonObject { ["spec"] = new JsonObject() });
        var stores = fixture.Server.Services.GetRequiredService<IEmbeddedStores>();
        await stores.EnsureAsync(name, TestContext.Current.CancellationToken);
        return (name, new GitRepo(stores.PathOf(name), init: false));
    }

    private async Task AddAsync(GitSpec? git, string name)
    {
        await using var scope = fixture.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PromisesDb>();
        if (await db.StateStores.FindAsync([name], TestContext.Current.CancellationToken) is not null) return;

        var none = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var stamp = new Stamp(1, TimeProvider.System.GetUtcNow(), Guid.NewGuid());
        db.StateStores.Add(StateStore.Create(new ObjectMeta(name, none, none), new StateStoreSpec(git, Layout.Placements), stamp));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private static Task<string> RunAsync(params string[] arguments) => Task.Run(() => GitRepo.Git(arguments));
}
