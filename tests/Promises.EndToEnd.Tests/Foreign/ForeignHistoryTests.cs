using System.Globalization;
using Promises.EndToEnd.Tests.Faults;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary><c>PROMISES_TEST_SEED</c> runs one seed instead of those that stand here.</summary>
public sealed class ForeignHistoryTests(TestPostgres postgres) : IDisposable
{
    private const int Acts = 16;

    private readonly TempDirectory _place = new();

    public static TheoryData<int> Histories => Environment.GetEnvironmentVariable("PROMISES_TEST_SEED") is { Length: > 0 } seed ? [int.Parse(seed, CultureInfo.InvariantCulture)] : [1, 2];

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Others_may_do_anything_to_the_branch_while_the_fleet_changes(int seed)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var repository = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, "t0");
        await using var server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.6"));
        await using var events = await EventClient.OpenAsync(server.Address, server.AdminToken);
        var history = new RandomHistory(seed, [server.Client], host, "fleet");
        await history.PrepareAsync();
        // Where nothing of ours ever was, others come first.
        await server.Client.SettledAsync();

        var stranger = new Stranger(seed, repository);
        await history.RunAsync(meanwhile: stranger.ActAsync(Acts));
        await Wait.UntilAsync(async () => (await server.Client.GetAsync("/state-stores/fleet")).Json["status"]! is var status
            && (int)status["pendingClusters"]! == 0 && (string?)status["lastCommit"] == repository.Head() && (string?)status["conditions"]![0]!["status"] == "True", TimeSpan.FromSeconds(30));

        stranger.Check();
        history.Check(repository);
        var audit = (await server.Client.GetAsync("/state-stores/fleet/audit?limit=1000")).ShouldBe(200);
        audit.Json["items"]!.AsArray().Where(item => (string?)item!["state"] != "Equal").Select(item => (string)item!["path"]!).ShouldAllBe(path => Stranger.IsTheirs(path), stranger.Acts);
        var repairs = events.Events.Where(sent => sent.Event != "reset" && sent.Kind == "StateStore").Select(sent => (string?)sent.Data["detail"]).OfType<string>().ToList();
        repairs.ShouldContain(found => found.Contains("put right in commit"), stranger.Acts);
    }
}
