using System.Globalization;
using Npgsql;
using Promises.EndToEnd.Tests.Faults;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary><c>PROMISES_TEST_SEED</c> runs one seed instead of those that stand here.</summary>
public sealed class ForeignHistoryTests(TestPostgres postgres) : IDisposable
{
    private const int Acts = 16;

    private static readonly TimeSpan KillEvery = TimeSpan.FromSeconds(3);

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
        var stranger = new Stranger(seed, repository, commit => IsKnownAsync(server.Client, commit));
        var history = new RandomHistory(seed, [FleetAuthor.At(server.Client)], host, "fleet", OffBoarding.Beside);
        await history.PrepareAsync();
        // Where nothing of ours ever was, others come first.
        await server.Client.SettledAsync();

        await history.RunAsync(meanwhile: stranger.ActAsync(Acts));
        await CheckAsync(server.Client, repository, stranger, history);

        var repairs = events.Events.Where(sent => sent.Event != "reset" && sent.Kind == "StateStore").Select(sent => (string?)sent.Data["detail"]).OfType<string>().ToList();
        repairs.ShouldContain(found => found.Contains("put right in commit"), stranger.Acts);
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Others_may_do_anything_to_the_branch_while_two_or_three_replicas_write_to_it_and_die(int seed)
    {
        var count = 2 + (seed % 2);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}, {count} replicas");
        var (repository, database) = (new GitRepo(_place["fleet.git"]), await postgres.MigratedAsync());
        await using var host = new GitHttpServer(_place.Path, "t0");
        await using var replicas = new Replicas(database, _place.Path, count);
        (string, string)[] settings = [("PROMISES_Delivery__LookInterval", "00:00:00.6")];
        var authors = await replicas.AdmitAsync(settings);
        var stranger = new Stranger(seed, repository, commit => IsKnownAsync(replicas[0] ?? replicas[1], commit));
        var history = new RandomHistory(seed, authors, host, "fleet", OffBoarding.Beside);
        await history.PrepareAsync();
        await replicas[0]!.SettledAsync();

        var acts = stranger.ActAsync(Acts);
        await history.RunAsync(meanwhile: Task.WhenAll(acts, replicas.KillInTurnAsync(KillEvery, acts, settings)));
        await CheckAsync(replicas[0]!, repository, stranger, history);

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var repairs = new NpgsqlCommand("SELECT count(*) FROM fleet_events WHERE kind = 'StateStore' AND detail LIKE '%put right in commit%'", connection);
        ((long)(await repairs.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).ShouldBePositive(stranger.Acts);
    }

    private static async Task<bool> IsKnownAsync(ApiClient? api, string commit)
    {
        try
        {
            return api is not null && (await api.GetAsync("/state-stores/fleet")).Json["status"]! is var status && (string?)status["lastCommit"] == commit && (int)status["pendingClusters"]! == 0;
        }
        catch (HttpRequestException)
        {
            // It was killed meanwhile.
            return false;
        }
    }

    /// <summary>At rest ours is what it should be, and all that is not ours is theirs.</summary>
    private static async Task CheckAsync(ApiClient api, GitRepo repository, Stranger stranger, RandomHistory history)
    {
        await Wait.UntilAsync(async () => (await api.GetAsync("/state-stores/fleet")).Json["status"]! is var status
            && (int)status["pendingClusters"]! == 0 && (string?)status["lastCommit"] == repository.Head() && (string?)status["conditions"]![0]!["status"] == "True", TimeSpan.FromSeconds(30));

        stranger.Check();
        TestContext.Current.TestOutputHelper!.WriteLine(stranger.Acts);
        history.Check(repository);
        var audit = (await api.GetAsync("/state-stores/fleet/audit?limit=1000")).ShouldBe(200);
        audit.Json["items"]!.AsArray().Where(item => (string?)item!["state"] != "Equal").Select(item => (string)item!["path"]!).ShouldAllBe(path => stranger.HasPut(path), stranger.Acts);
    }
}
