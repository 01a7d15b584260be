using System.Globalization;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary><c>PROMISES_TEST_SEED</c> runs one seed instead of those that stand here.</summary>
public sealed class RandomHistoryTests(TestPostgres postgres) : IDisposable
{
    private readonly TempDirectory _place = new();

    public static TheoryData<int, int> Histories => Environment.GetEnvironmentVariable("PROMISES_TEST_SEED") is { Length: > 0 } seed
        ? [(int.Parse(seed, CultureInfo.InvariantCulture), 1), (int.Parse(seed, CultureInfo.InvariantCulture), 3)]
        : [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)];

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Every_commit_of_a_random_history_over_a_failing_host_is_the_fleet_at_the_version_it_names(int seed, int replicas)
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}, {replicas} replicas");
        var repository = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, "t0");
        var database = await postgres.MigratedAsync();
        var servers = new List<TestServer>();
        try
        {
            for (var i = 0; i < replicas; i++) servers.Add(TestServer.Start(database, ("Data:KeyRing", _place["keys"])));
            var clients = servers.Select(server => new ApiClient(server.Address, servers[0].AdminToken)).ToList();

            var history = new RandomHistory(seed, clients, host, "fleet");
            await history.PrepareAsync();
            await history.RunAsync(writes: 120 / replicas);
            await history.RestAsync();
            history.Check(repository);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
