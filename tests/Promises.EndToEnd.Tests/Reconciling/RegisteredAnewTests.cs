using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Reconciling;

/// <summary>A cluster that has the name of a former one has nothing else of it.</summary>
public sealed class RegisteredAnewTests(TestPostgres postgres) : IDisposable
{
    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Bug_a_commit_that_is_recorded_late_counted_for_the_cluster_that_had_got_the_name_meanwhile()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path);
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var api = server.Client;
        await PrepareAsync(api, host.Url("fleet"));
        await api.DoneAsync("POST", "/clusters", Cluster("former", ""));
        await api.SettledAsync();

        using var release = new ManualResetEventSlim();
        var pushed = new TaskCompletionSource();
        host.AfterPush = () =>
        {
            pushed.TrySetResult();
            release.Wait(TimeSpan.FromSeconds(20));
        };
        await api.DoneAsync("PUT", "/clusters/c/labels/team", Fleet.Node("""{"value": "A"}"""));
        await pushed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        host.AfterPush = null;
        await api.DoneAsync("DELETE", "/clusters/c?files=keep");
        await api.DoneAsync("POST", "/clusters", Cluster("anew", "team=A"));
        release.Set();
        await api.SettledAsync();

        Below(repo, "anew").Length.ShouldBe(5);
        Below(repo, "anew").ShouldBe(Below(repo, "former"));
    }

    [Theory]
    [InlineData("keep", true)]
    [InlineData("keep", false)]
    [InlineData("remove", true)]
    [InlineData("remove", false)]
    public async Task Bug_a_replica_remembered_what_the_former_cluster_of_the_name_retained(string files, bool looksBetween)
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var database = await postgres.MigratedAsync();
        await using var first = TestServer.Start(database, ("Data:KeyRing", _place["keys"]));
        await using var second = TestServer.Start(database, ("Data:KeyRing", _place["keys"]));
        var (api, other) = (first.Client, new ApiClient(second.Address, first.AdminToken));
        await PrepareAsync(api, repo.Url);
        await api.DoneAsync("POST", "/clusters", Cluster("former", "team=A"));
        await api.SettledAsync();
        await other.VerdictAsync("p", "c");

        await api.DoneAsync("DELETE", $"/clusters/c?files={files}");
        if (looksBetween) (await other.GetAsync("/explain?promise=p&cluster=c")).ShouldBeProblem(404, "not-found");
        await Wait.UntilAsync(async () => (await api.PostAsync("/clusters", Cluster("anew", ""))).Status == 201);
        await other.DoneAsync("PUT", "/clusters/c/labels/team", Fleet.Node("""{"value": "B"}"""));
        await api.SettledAsync();

        (await other.GetAsync("/placements?cluster=c")).Json["items"]!.AsArray().ShouldBeEmpty();
        Below(repo, "anew").Length.ShouldBe(2);
    }

    private static async Task PrepareAsync(ApiClient api, string url)
    {
        await api.DoneAsync("PUT", "/state-stores/fleet", Fleet.Node($$"""{"spec": {"git": {"url": "{{url}}"} } }"""));
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "a,b"));
    }

    private static JsonObject Cluster(string directory, string labels) =>
        Fleet.Cluster("c", labels, $$""" "stateStore": {"name": "fleet", "path": "clusters/{{directory}}"} """);

    private static string[] Below(GitRepo repo, string directory) =>
        [.. repo.Files().Where(path => path.StartsWith($"clusters/{directory}/", StringComparison.Ordinal)).Select(path => path[$"clusters/{directory}/".Length..])];
}
