using System.Globalization;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>
/// <c>./test soak</c> runs it for two minutes and holds the figures too; within <c>./test</c> it takes 20 s and prints them, since a busy machine would make
/// them fail for nothing.
/// </summary>
public sealed class SoakTests(TestPostgres postgres) : IDisposable
{
    private static readonly TimeSpan KillEvery = TimeSpan.FromSeconds(5);

    private readonly TempDirectory _place = new();

    internal static bool IsLong => Environment.GetEnvironmentVariable("PROMISES_TEST_SOAK") is { Length: > 0 };

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Three_replicas_of_which_one_is_killed_every_five_seconds_lose_nothing()
    {
        var stores = Enumerable.Range(0, 3).Select(i => new GitRepo(_place[$"{Soak.Store(i)}.git"])).ToList();
        await using var replicas = new Replicas(await postgres.MigratedAsync(), _place.Path, 3);
        // The first makes the token.
        await replicas.StartAsync(0);
        await Task.WhenAll(replicas.StartAsync(1), replicas.StartAsync(2));
        var soak = new Soak(replicas, stores, clusters: 60);
        await soak.PrepareAsync();

        var watches = stores.Select(store => new CommitWatch(store)).ToList();
        try
        {
            await soak.LoadAsync(TimeSpan.FromSeconds(IsLong ? 30 : 6));
            await replicas[0]!.SettledAsync();
            var calm = await soak.LatenciesAsync(watches);

            var load = soak.LoadAsync(TimeSpan.FromSeconds(IsLong ? 90 : 14));
            await replicas.KillInTurnAsync(KillEvery, load);
            await load;
            await replicas[0]!.SettledAsync();
            for (var i = 0; i < replicas.Count; i++) await soak.CheckLabelsAsync(replicas[i]!);
            var killed = await soak.LatenciesAsync(watches);

            var figures = string.Create(CultureInfo.InvariantCulture, $"label to commit, calm: {Text(calm)}; one replica killed every 5 s: {Text(killed)}");
            TestContext.Current.TestOutputHelper!.WriteLine(figures);
            foreach (var store in stores) new BranchHistory(store).Read().SelectMany(commit => commit.Changes).ShouldBeUnique();
            if (IsLong) Percentile(killed, 0.99).ShouldBeLessThan(3 * Percentile(calm, 0.99), figures);
        }
        finally
        {
            foreach (var watch in watches) await watch.DisposeAsync();
        }
    }

    private static string Text(IReadOnlyList<double> latencies) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {Percentile(latencies, 0.5):0} ms, p99 {Percentile(latencies, 0.99):0} ms, worst {latencies[^1]:0} ms (n = {latencies.Count})");

    private static double Percentile(IReadOnlyList<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)];
}
