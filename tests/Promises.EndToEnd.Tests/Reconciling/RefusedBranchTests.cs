using Promises.EndToEnd.Tests.Faults;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Reconciling;

/// <summary>The host takes the branches of some clusters and refuses that of another.</summary>
public sealed class RefusedBranchTests(TestPostgres postgres) : IDisposable
{
    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bug_a_branch_that_was_refused_from_the_start_was_not_tried_when_somebody_asked(bool fromTheStart)
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var refusals = new BranchRefusals(repo);
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var api = server.Client;
        await api.DoneAsync("PUT", "/state-stores/fleet", Fleet.Node($$"""{"spec": {"git": {"url": "{{repo.Url}}", "branch": "fleet/{cluster}"} } }"""));
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "a"));
        if (fromTheStart) refusals.Add("fleet/c");
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c", fromTheStart ? "team=A" : "", """ "stateStore": {"name": "fleet"} """));
        if (!fromTheStart)
        {
            await api.SettledAsync();
            refusals.Add("fleet/c");
            await api.DoneAsync("PUT", "/clusters/c/labels/team", Fleet.Node("""{"value": "A"}"""));
        }

        await Wait.UntilAsync(async () => (string?)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["conditions"]![0]!["reason"] == "WriteRejected");
        refusals.End();

        (await api.SendAsync("POST", "/state-stores/fleet/sync", null)).ShouldBe(202);
        // Its own wait is eleven seconds at least.
        await Wait.UntilAsync(async () => (int)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["pendingClusters"]! == 0, TimeSpan.FromSeconds(8));
        repo.Files("fleet/c").ShouldContain("clusters/c/flux/p.yaml");
    }

    [Fact]
    public async Task Bug_a_store_whose_refused_cluster_had_left_with_its_files_was_not_well_until_the_resync()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var refusals = new BranchRefusals(repo);
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var api = server.Client;
        await api.DoneAsync("PUT", "/state-stores/fleet", Fleet.Node($$"""{"spec": {"git": {"url": "{{repo.Url}}", "branch": "fleet/{cluster}"} } }"""));
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("well", "", """ "stateStore": {"name": "fleet"} """));
        await api.SettledAsync();
        refusals.Add("fleet/c");
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c", "", """ "stateStore": {"name": "fleet"} """));
        await Wait.UntilAsync(async () => (string?)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["conditions"]![0]!["reason"] == "WriteRejected");

        await api.DoneAsync("DELETE", "/clusters/c?files=keep");
        await Wait.UntilAsync(async () => (string?)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["conditions"]![0]!["status"] == "True", TimeSpan.FromSeconds(8));
        var changes = (await api.GetAsync("/changes?limit=100")).Json["items"]!.AsArray();
        changes.SelectMany(change => change!["status"]!["commits"]!.AsArray()).ShouldAllBe(commit => (bool)commit!["settled"]!);
    }
}
