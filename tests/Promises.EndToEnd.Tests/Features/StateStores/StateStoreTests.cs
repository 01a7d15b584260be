using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

public sealed class StateStoreTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private readonly TempDirectory _place = new();

    private ApiClient Client => fixture.Client;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _place.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Store_without_a_repository_is_embedded_and_says_where_it_is()
    {
        var made = (await Client.PostTextAsync("/state-stores", """{"metadata": {"name": "embedded"}}""")).ShouldBe(201);
        made.Json("/spec").ShouldBe("""{"layout":"placements"}""");
        made.Text("/status/url")!.ShouldEndWith("/git/embedded.git");
        made.Text("/status/branch").ShouldBe("main");
        made.Text("/status/pendingClusters").ShouldBe("0");
        made.At("/status").ShouldNotBeNull().AsObject().Select(member => member.Key).ShouldBe(["url", "branch", "reachable", "lastCommit", "lastSeen", "pendingClusters", "behindSince", "behindReason", "nextTry", "lease", "proposals", "conditions"], ignoreOrder: true);
        made.Text("/status/conditions/0/type").ShouldBe("Ready");
    }

    [Fact]
    public async Task Repository_has_its_defaults()
    {
        var made = (await Client.PostTextAsync("/state-stores", Document("plain", Repository("plain")))).ShouldBe(201);
        made.Text("/spec/git/branch").ShouldBe("main");
        made.Json("/spec/git/author").ShouldBe("""{"name":"Promises","email":"promises@localhost"}""");
        made.Text("/spec/layout").ShouldBe("placements");
        made.At("/spec/git/credentialsRef").ShouldBeNull();
        (await Client.PatchAsync("/state-stores/plain", """{"spec": {"git": {"branch": "live", "author": {"name": "Fleet", "email": "fleet@example.com"}}}}""")).ShouldBe(200)
            .Text("/status/branch").ShouldBe("live");
        (await Client.PatchAsync("/state-stores/plain", """{"spec": {"git": {"branch": null, "author": null}}}""")).ShouldBe(200).Json("/spec").ShouldBe(made.Json("/spec"));
    }

    [Fact]
    public async Task What_writes_a_store_is_git_unless_said_otherwise_and_can_be_changed()
    {
        var url = Repository("written");
        var made = (await Client.PostTextAsync("/state-stores", Document("written", url))).ShouldBe(201);
        made.At("/spec/git/writer").ShouldBeNull();

        (await Client.PatchAsync("/state-stores/written", """{"spec": {"git": {"writer": "direct"}}}""")).ShouldBe(200).Text("/spec/git/writer").ShouldBe("direct");
        (await Client.GetAsync("/state-stores/written")).Text("/spec/git/writer").ShouldBe("direct");
        (await Client.PatchAsync("/state-stores/written", """{"spec": {"git": {"writer": "git"}}}""")).ShouldBe(200).Json("/spec").ShouldBe(made.Json("/spec"));

        var refused = (await Client.PatchAsync("/state-stores/written", """{"spec": {"git": {"writer": "libgit2"}}}""")).ShouldBeProblem(422, "invalid");
        refused.Json("/errors/0").ShouldBe("""{"pointer":"/spec/git/writer","value":"libgit2","rule":"enum","remedy":"Use git or direct."}""");
    }

    [Fact]
    public async Task An_embedded_store_is_written_without_git_unless_said_otherwise()
    {
        var made = (await Client.PostTextAsync("/state-stores", """{"metadata": {"name": "inside"}}""")).ShouldBe(201);
        made.Json("/spec").ShouldBe("""{"layout":"placements"}""");

        (await Client.PatchAsync("/state-stores/inside", """{"spec": {"embedded": {"writer": "git"}}}""")).ShouldBe(200).Text("/spec/embedded/writer").ShouldBe("git");
        (await Client.GetAsync("/state-stores/inside")).Text("/spec/embedded/writer").ShouldBe("git");
        (await Client.PatchAsync("/state-stores/inside", """{"spec": {"embedded": null}}""")).ShouldBe(200).Json("/spec").ShouldBe(made.Json("/spec"));

        var refused = (await Client.PatchAsync("/state-stores/inside", """{"spec": {"embedded": {"writer": "libgit2", "path": "x"}}}""")).ShouldBeProblem(422, "invalid");
        refused.Json("/errors/0").ShouldBe("""{"pointer":"/spec/embedded/writer","value":"libgit2","rule":"enum","remedy":"Use git or direct."}""");
        refused.Text("/errors/1/pointer").ShouldBe("/spec/embedded/path");
        (await Client.PostTextAsync("/state-stores", Document("both", Repository("both")).Replace("\"git\"", "\"embedded\": {\"writer\": \"git\"}, \"git\"", StringComparison.Ordinal)))
            .ShouldBeProblem(422, "invalid").Text("/errors/0/pointer").ShouldBe("/spec/embedded");
    }

    [Fact]
    public async Task Store_with_clusters_stays()
    {
        (await Client.PostTextAsync("/state-stores", """{"metadata": {"name": "used"}}""")).ShouldBe(201);
        (await Client.PostTextAsync("/clusters", """{"metadata": {"name": "user"}, "spec": {"stateStore": {"name": "used"}}}""")).ShouldBe(201);

        (await Client.DeleteAsync("/state-stores/used")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe("""[{"kind":"Cluster","name":"user"}]""");
        (await Client.DeleteAsync("/clusters/user?files=keep")).ShouldBe(200);
        (await Client.DeleteAsync("/state-stores/used")).ShouldBe(200);
    }

    [Fact]
    public async Task Store_does_not_move_onto_the_paths_of_another()
    {
        var (one, two) = (Repository("one"), Repository("two"));
        foreach (var (name, url) in new[] { ("one", one), ("two", two) })
        {
            (await Client.PostTextAsync("/state-stores", Document(name, url))).ShouldBe(201);
            (await Client.PostTextAsync("/clusters", $$$$"""{"metadata": {"name": "on-{{{{name}}}}"}, "spec": {"stateStore": {"name": "{{{{name}}}}", "path": "shared/place"}}}""")).ShouldBe(201);
        }

        var moved = await Client.PatchAsync("/state-stores/two", $$$$"""{"spec": {"git": {"url": "{{{{one}}}}/"}}}""");
        moved.Mistakes().ShouldBe(["/spec/git/url path-in-use"]);
        (await Client.GetAsync("/state-stores/two")).Text("/spec/git/url").ShouldBe(two);
        (await Client.PatchAsync("/state-stores/two", $$$$"""{"spec": {"git": {"url": "{{{{one}}}}/", "branch": "other"}}}""")).ShouldBe(200);
    }

    private static string Document(string name, string url) => $$$$"""{"metadata": {"name": "{{{{name}}}}"}, "spec": {"git": {"url": "{{{{url}}}}"}}}""";

    private string Repository(string name) => new GitRepo(_place[name + ".git"]).Url;
}
