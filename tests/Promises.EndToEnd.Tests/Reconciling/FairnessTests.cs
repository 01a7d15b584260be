using System.Globalization;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Faults;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Reconciling;

/// <summary>However much some stores have to do, another one of the same host gets its turn.</summary>
public sealed class FairnessTests(TestPostgres postgres) : IDisposable
{
    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>The large one writes thousands of rows at once, which holds up other tests on the same PostgreSQL: it goes with the soak.</summary>
    public static TheoryData<int, int> Sizes => SoakTests.IsLong ? [(3, 500), (1, 10_000)] : [(3, 500)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task One_cluster_is_written_before_the_thousands_that_were_there_first(int stores, int clustersOfEach)
    {
        await using var host = new GitHttpServer(_place.Path);
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var (api, large) = (server.Client, Enumerable.Range(0, stores).Select(i => $"large{i}").ToList());
        var repositories = large.Append("small").ToDictionary(store => store, store => new GitRepo(_place[$"{store}.git"]));
        foreach (var store in repositories.Keys) await api.DoneAsync("PUT", $"/state-stores/{store}", Fleet.Node($$"""{"spec": {"git": {"url": "{{host.Url(store)}}"} } }"""));
        await api.DoneAsync("POST", "/apply", new JsonArray(
        [
            .. large.SelectMany(store => Enumerable.Range(0, clustersOfEach).Select(i => Cluster($"{store}-{i}", store))), Cluster("only", "small"),
        ]));
        await Wait.UntilAsync(async () => (await api.GetAsync("/state-stores")).Json["items"]!.AsArray().All(store => (int)store!["status"]!["pendingClusters"]! == 0), TimeSpan.FromSeconds(60));

        var watches = repositories.ToDictionary(pair => pair.Key, pair => new CommitWatch(pair.Value));
        try
        {
            // The large ones may be done before the small one is asked for, where the machine paused in between; never each time.
            var isFirst = false;
            for (var turn = 1; turn <= 5 && !isFirst; turn++)
            {
                await api.DoneAsync("PUT", $"/promises/q{turn}", Fleet.Promise($"q{turn}", Fleet.Selecting("turn", $"{turn}"), $"q{turn}"));
                var much = Change(await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("size", "large"), $"a{turn},b,c,d,e")));
                var little = Change(await api.DoneAsync("PUT", "/clusters/only/labels/turn", Fleet.Node($$"""{"value": "{{turn}}"}""")));
                await Wait.UntilAsync(() => Task.FromResult(watches["small"].SeenAt(little) is not null && large.All(store => watches[store].SeenAt(much) is not null)), TimeSpan.FromSeconds(60));
                isFirst = watches["small"].SeenAt(little)!.Value < large.Max(store => watches[store].SeenAt(much)!.Value);
            }

            isFirst.ShouldBeTrue();
        }
        finally
        {
            foreach (var watch in watches.Values) await watch.DisposeAsync();
        }
    }

    private static JsonObject Cluster(string name, string store) =>
        Fleet.Cluster(name, $"size={(store == "small" ? "small" : "large")}", $$""" "stateStore": {"name": "{{store}}"} """);

    private static long Change(Reply reply) => long.Parse(reply.Header("Promises-Change")!, CultureInfo.InvariantCulture);
}
