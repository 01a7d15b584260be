using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class DeliveryHostTests(TestPostgres postgres)
{
    [Fact]
    public async Task What_a_lost_nudge_left_behind_is_found_at_the_start()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        await using var replica = new Replica(fleet);
        await replica.StartAsync();
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);

        fleet.Repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task A_failing_host_is_not_hammered_by_nudges_and_written_to_when_it_is_back()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        fleet.Server!.Fault = GitFault.Forbidden;
        await fleet.RegisterAsync("c1");
        await using var replica = new Replica(fleet);
        await replica.StartAsync();
        var queue = replica.Queue;
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).Reason == "AuthenticationFailed");
        var requests = fleet.Server.Requests;
        for (var i = 0; i < 20; i++)
        {
            queue.Nudge("fleet");
            await Wait.UntilAsync(() => Task.FromResult(queue.Depth == 0));
        }

        fleet.Server.Requests.ShouldBe(requests);

        // Back before its time: an edit of the store ends the wait.
        fleet.Server.Fault = GitFault.None;
        await fleet.EditStoreAsync();
        queue.Nudge("fleet");
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_host_that_comes_back_is_written_to_by_itself()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        fleet.Server!.Fault = GitFault.ServerError;
        await fleet.RegisterAsync("c1");
        await using var replica = new Replica(fleet);
        await replica.StartAsync();
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).Ready == "False");
        fleet.Server.Fault = GitFault.None;
        await Wait.UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);

        fleet.Repo.Commits().ShouldBe(1);
    }
}
