using System.Globalization;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary><c>PROMISES_TEST_SEED</c> runs one seed instead of those that stand here.</summary>
public sealed class RandomHistoryTests(TestPostgres postgres) : IDisposable
{
    private const string OfEachCluster = "fleet/{cluster}";

    private static readonly TimeSpan KillEvery = TimeSpan.FromSeconds(2);

    private readonly TempDirectory _place = new();

    private static int? Seed => Environment.GetEnvironmentVariable("PROMISES_TEST_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : null;

    public static TheoryData<int, int> Histories => Seed is { } seed ? [(seed, 1), (seed, 3)] : [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)];

    public static TheoryData<int, int> Deaths => Seed is { } seed ? [(seed, 2), (seed, 3)] : [(6, 2), (7, 3)];

    public static TheoryData<int, int> HistoriesOfBranches => Seed is { } seed ? [(seed, 1), (seed, 3)] : [(8, 1), (9, 3)];

    public static TheoryData<int, int> DeathsOfBranches => Seed is { } seed ? [(seed, 2), (seed, 3)] : [(10, 2), (11, 3)];

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Histories))]
    public Task Every_commit_of_a_random_history_over_a_failing_host_is_the_fleet_at_the_version_it_names(int seed, int replicas) =>
        RunAsync(seed, replicas, OffBoarding.Never, (_, _) => Task.CompletedTask);

    [Theory]
    [MemberData(nameof(Histories))]
    public Task Clusters_that_leave_with_or_without_their_files_and_come_back_are_in_every_commit_what_they_are_then(int seed, int replicas) =>
        RunAsync(seed, replicas, OffBoarding.Alone, LeaveAndReturnAsync);

    [Theory]
    [MemberData(nameof(HistoriesOfBranches))]
    public Task Clusters_that_leave_and_come_back_are_in_every_commit_of_their_own_branches_what_they_are_then(int seed, int replicas) =>
        RunAsync(seed, replicas, OffBoarding.Alone, LeaveAndReturnAsync, OfEachCluster);

    [Theory]
    [MemberData(nameof(Deaths))]
    public Task Clusters_leave_and_come_back_while_the_replicas_that_write_them_die(int seed, int count) => DieAsync(seed, count);

    [Theory]
    [MemberData(nameof(DeathsOfBranches))]
    public Task Clusters_leave_their_own_branches_and_come_back_while_the_replicas_that_write_them_die(int seed, int count) => DieAsync(seed, count, OfEachCluster);

    private static async Task LeaveAndReturnAsync(RandomHistory history, GitRepo repository)
    {
        history.Check(repository);
        if (Seed is null)
        {
            // The seeds that stand here have both; any other may have only the one or the other.
            history.Count<ModelWrite.OffBoard>(left => left.KeepsFiles).ShouldBePositive();
            history.Count<ModelWrite.OffBoard>(left => !left.KeepsFiles).ShouldBePositive();
        }

        await history.ReturnAsync();
        await history.RestAsync();
    }

    private async Task DieAsync(int seed, int count, string branch = "main")
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}, {count} replicas");
        var repository = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, "t0");
        await using var replicas = new Replicas(await postgres.MigratedAsync(), _place.Path, count);
        var authors = await replicas.AdmitAsync();
        var history = new RandomHistory(seed, authors, host, "fleet", OffBoarding.Alone, branch);
        await history.PrepareAsync();

        var writes = history.RunAsync(writes: 80, misbehaves: false);
        await Task.WhenAll(writes, replicas.KillInTurnAsync(KillEvery, writes));
        await history.RestAsync();
        history.Check(repository);
        await history.ReturnAsync();
        await history.RestAsync();
        history.Check(repository);
    }

    private async Task RunAsync(int seed, int replicas, OffBoarding offBoarding, Func<RandomHistory, GitRepo, Task> atRest, string branch = "main")
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}, {replicas} replicas");
        var repository = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, "t0");
        var database = await postgres.MigratedAsync();
        var servers = new List<TestServer>();
        try
        {
            for (var i = 0; i < replicas; i++) servers.Add(TestServer.Start(database, ("Data:KeyRing", _place["keys"])));
            var authors = servers.Select(server => FleetAuthor.At(new ApiClient(server.Address, servers[0].AdminToken))).ToList();

            var history = new RandomHistory(seed, authors, host, "fleet", offBoarding, branch, branch == "main" ? null : new BranchRefusals(repository));
            await history.PrepareAsync();
            await history.RunAsync(writes: 120 / replicas);
            await history.RestAsync();
            await atRest(history, repository);
            history.Check(repository);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
