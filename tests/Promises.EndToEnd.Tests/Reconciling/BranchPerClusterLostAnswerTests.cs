using Promises.Model;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>Pushes of several branches whose end nobody saw.</summary>
public sealed class BranchPerClusterLostAnswerTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_leaves_exactly_one_commit_on_each_branch(GitWriter writer)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true, writer);
        await fleet.RegisterAsync("c1", "c2", "c3");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await fleet.SyncAsync();

        foreach (var cluster in (string[])["c1", "c2", "c3"]) fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(1);
        (await fleet.ClusterAsync("c2"))!.Head.ShouldBe(fleet.Repo.Head("fleet/c2"));
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }

    [Theory]
    [InlineData(GitWriter.Git)]
    [InlineData(GitWriter.Direct)]
    public async Task A_lost_answer_and_a_moved_branch_at_once_are_each_settled_for_themselves(GitWriter writer)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true, writer);
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        fleet.Repo.Commit("fleet/c2", "theirs", ("their.txt", "x"));
        await fleet.PublishAsync("redis", 1, "a");
        await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
        fleet.Server!.Fault = GitFault.DropAnswer;
        await fleet.SyncAsync();

        foreach (var (cluster, commits) in (IEnumerable<(string, int)>)[("c1", 2), ("c2", 3), ("c3", 2)])
        {
            fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(commits);
            (await fleet.PlacementAsync("redis", cluster))!.Commit.ShouldBe(fleet.Repo.Head($"fleet/{cluster}"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_around_the_push_is_settled_on_every_branch(bool pushed)
    {
        await using var fleet = await BranchingFleet.StartAsync(postgres, overHttp: true);
        await fleet.RegisterAsync("c1", "c2", "c3");
        await fleet.SyncAsync();
        var from = fleet.Heads("c1", "c2", "c3");
        await fleet.PublishAsync("redis", 1, "a");
        var change = await fleet.PlaceAsync("redis", 1, "c1", "c2", "c3");
        await fleet.CrashAsync(pushed);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldNotBeNull();

        // Meanwhile somebody builds on one of them.
        fleet.Repo.Commit("fleet/c2", "theirs", ("their.txt", "x"));
        fleet.Restart();
        await fleet.SyncAsync();

        foreach (var (cluster, base_) in ((string[])["c1", "c2", "c3"]).Zip(from))
        {
            fleet.Repo.Commits($"fleet/{cluster}").ShouldBe(cluster == "c2" ? 3 : 2);
            fleet.Repo.In("merge-base", "--is-ancestor", base_!, $"fleet/{cluster}");
            fleet.Repo.Files($"fleet/{cluster}").ShouldContain($"base/clusters/{cluster}/flux/redis.yaml");
        }

        fleet.Repo.Files("fleet/c2").ShouldContain("their.txt");
        (await fleet.CommitsAsync(change)).ShouldAllBe(row => row.Settled && row.Commit != null);
        (await fleet.DeliveryAsync())!.IntentCommit.ShouldBeNull();
    }
}
