using Microsoft.Extensions.Logging.Abstractions;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

public sealed class DeliveryHostTests(TestPostgres postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_a_lost_nudge_left_behind_is_found_at_the_start()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres);
        await fleet.RegisterAsync("c1");
        using var host = Host(fleet, new DeliveryQueue());
        await host.StartAsync(None);
        await UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
        await host.StopAsync(None);

        fleet.Repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task A_failing_host_is_not_hammered_by_nudges_and_written_to_when_it_is_back()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        fleet.Server!.Fault = GitFault.Forbidden;
        await fleet.RegisterAsync("c1");
        var queue = new DeliveryQueue();
        using var host = Host(fleet, queue);
        await host.StartAsync(None);
        await UntilAsync(async () => (await fleet.StatusAsync()).Reason == "AuthenticationFailed");
        var requests = fleet.Server.Requests;
        for (var i = 0; i < 20; i++)
        {
            queue.Nudge("fleet");
            await UntilAsync(() => Task.FromResult(queue.Depth == 0));
        }

        fleet.Server.Requests.ShouldBe(requests);

        // Back before its time: an edit of the store ends the wait.
        fleet.Server.Fault = GitFault.None;
        await fleet.EditStoreAsync();
        queue.Nudge("fleet");
        await UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
        await host.StopAsync(None);
        (await fleet.StatusAsync()).Ready.ShouldBe("True");
    }

    [Fact]
    public async Task A_host_that_comes_back_is_written_to_by_itself()
    {
        await using var fleet = await DeliveryFleet.StartAsync(postgres, overHttp: true);
        fleet.Server!.Fault = GitFault.ServerError;
        await fleet.RegisterAsync("c1");
        using var host = Host(fleet, new DeliveryQueue());
        await host.StartAsync(None);
        await UntilAsync(async () => (await fleet.StatusAsync()).Ready == "False");
        fleet.Server.Fault = GitFault.None;
        await UntilAsync(async () => (await fleet.StatusAsync()).PendingClusters == 0);
        await host.StopAsync(None);

        fleet.Repo.Commits().ShouldBe(1);
    }

    private static DeliveryHost Host(DeliveryFleet fleet, DeliveryQueue queue) =>
        new(queue, fleet.Reconciler, fleet.Seen, fleet.Schedule, TimeProvider.System, new Random(1), NullLogger<DeliveryHost>.Instance);

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds()) await Task.Delay(20, limit.Token);
    }
}
