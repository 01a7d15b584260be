using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Tests.Reconciling;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A server that proposes has the same steps as one that pushes; it dies where what it does in them is its own.</summary>
public sealed class ProposalCrashTests(TestPostgres postgres)
{
    private const string Branch = "promises/proposal/ops";
    private static readonly string[] s_ours = ["intent", "push", "record"];

    [Fact]
    public async Task A_server_that_is_killed_while_it_proposes_proposes_the_same_when_it_is_back()
    {
        using var place = new TempDirectory();
        Directory.CreateDirectory(place["data"]);
        var (database, repo) = (await postgres.MigratedAsync(), new GitRepo(place["fleet.git"]));
        var theirs = repo.Commit("main", "their beginning", ("README.md", "Ours."));
        await using (var server = await StartAsync())
        {
            var git = new JsonObject { ["url"] = repo.Url, ["mode"] = "proposal" };
            await server.Client.DoneAsync("PUT", "/state-stores/fleet", new JsonObject { ["spec"] = new JsonObject { ["git"] = git } });
            await server.Client.DoneAsync("POST", "/clusters", Fleet.Cluster("c1", "team=A", """ "stateStore": {"name": "fleet"} """));
            await ProposedAsync(server.Client, 0);
        }

        var generation = 0;
        foreach (var failpoint in s_ours.SelectMany(step => (string[])[$"{step}:before", $"{step}:after"]))
        {
            var wanted = ++generation;
            await using (var doomed = await StartAsync(("PROMISES_Testing__FailAt", failpoint)))
            {
                try
                {
                    await PublishAsync(doomed.Client, wanted);
                }
                catch (HttpRequestException)
                {
                    // It died before the answer came.
                }

                (await doomed.EndAsync()).ShouldNotBe(0, $"{failpoint} was not reached: {doomed.Said}");
            }

            await using var server = await StartAsync();
            await ProposedAsync(server.Client, wanted);
            repo.Head().ShouldBe(theirs, failpoint);
            repo.In("rev-list", "--count", $"main..{Branch}").Trim().ShouldBe("1", failpoint);
            (await server.Client.GetAsync("/holds")).Json["items"]!.AsArray().ShouldBeEmpty();
        }

        repo.Merge(Branch, MergeBy.Commit);
        await using var last = await StartAsync();
        await Wait.UntilAsync(async () => await last.Client.StateAsync("p.c1") == "Written", TimeSpan.FromSeconds(30));

        Task<ServerProcess> StartAsync(params IEnumerable<(string Name, string Value)> settings) => ServerProcess.StartAsync(
            place["data"], null, [("ConnectionStrings__Promises", database), ("Logging__LogLevel__Default", "Warning"), ("PROMISES_Delivery__LookInterval", "00:00:01"), .. settings]);

        async Task ProposedAsync(ApiClient api, int generation)
        {
            // Sent again where the server died before it was accepted.
            await PublishAsync(api, generation);
            await Wait.UntilAsync(
                async () => await api.StateAsync("p.c1") == "Proposed" && repo.In("grep", "-h", "\"\\?x\"\\?: ", Branch, "--", "*/placements/p/*").Contains($"p={generation}", StringComparison.Ordinal),
                TimeSpan.FromSeconds(30));
        }
    }

    private static async Task PublishAsync(ApiClient api, int generation) =>
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), $"p={generation}"));
}
