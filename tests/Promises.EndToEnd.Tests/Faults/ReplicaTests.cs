using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Servers as processes on one database: one dies, stops, or is stopped, and the others carry on.</summary>
public sealed class ReplicaTests(TestPostgres postgres) : IDisposable
{
    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_replica_that_dies_with_work_in_hand_is_followed_long_before_its_lease_is_over()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await using var replicas = new Replicas(await postgres.MigratedAsync(), _place.Path, 2);
        await replicas.StartAsync(0);
        await PrepareAsync(replicas[0]!, repo);
        // The holder is the one that dies.
        await replicas.Process(0).SignalAsync("TERM");
        (await replicas.Process(0).EndAsync()).ShouldBe(0);
        await replicas.StartAsync(0, ("PROMISES_Testing__FailAt", "intent:after"));
        await replicas.StartAsync(1);

        // Perhaps it dies before it answers.
        await LabelAsync(replicas[0]!).ContinueWith(_ => { }, TaskScheduler.Default);
        await replicas.Process(0).EndAsync();
        var died = Stopwatch.GetTimestamp();
        await Wait.UntilAsync(() => Task.FromResult(repo.Message().StartsWith("1 placements on 1 clusters: p added at 1", StringComparison.Ordinal)));

        // About a second; ten on a machine that has no time. The lease lasts thirty.
        Stopwatch.GetElapsedTime(died).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        new BranchHistory(repo).Read().SelectMany(commit => commit.Changes).ShouldBeUnique();
    }

    [Fact]
    public async Task A_writer_that_is_stopped_past_its_lease_and_continued_changes_nothing_newer()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var database = await postgres.MigratedAsync();
        await using var replicas = new Replicas(database, _place.Path, 2);
        await replicas.StartAsync(0, ("PROMISES_Testing__Lease", "00:00:02"));
        await PrepareAsync(replicas[0]!, repo);
        await replicas.StartAsync(1, ("PROMISES_Testing__Lease", "00:00:02"), ("PROMISES_Testing__StopAt", "push:before"));
        await replicas.Process(0).SignalAsync("TERM");
        (await replicas.Process(0).EndAsync()).ShouldBe(0);

        var zombie = replicas.Process(1);
        // Perhaps it stops before it answers.
        var label = LabelAsync(replicas[1]!);
        await Wait.UntilAsync(() => Task.FromResult(IsStopped(zombie.Id)));
        await replicas.StartAsync(0, ("PROMISES_Testing__Lease", "00:00:02"));
        var api = replicas[0]!;
        await Wait.UntilAsync(async () => (int)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["pendingClusters"]! == 0);
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "p=2"));
        await api.SettledAsync();
        var (head, row) = (repo.Head(), await HeadAsync(database));
        row.ShouldBe(head);

        await zombie.SignalAsync("CONT");
        await label;
        await Wait.UntilAsync(async () => (await replicas[1]!.With(null).GetAsync("/readyz")).Status == 200);
        await Wait.UntilAsync(() => Task.FromResult(zombie.Said.Contains("the lease was lost", StringComparison.Ordinal)));
        (repo.Head(), await HeadAsync(database)).ShouldBe((head, head));

        // Alive again, and of use again.
        await replicas.KillAsync(0);
        await replicas[1]!.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "p=3"));
        await replicas[1]!.SettledAsync();
        var epochs = repo.In("log", "--reverse", "--format=%(trailers:key=Promises-Epoch,valueonly,separator=)").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToList();
        epochs.ShouldBe([.. epochs.Order()]);
        epochs.Distinct().Count().ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_ends_what_it_has_in_hand_and_lets_others_go_on()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var database = await postgres.MigratedAsync();
        await using var replicas = new Replicas(database, _place.Path, 1);
        await replicas.StartAsync(0);
        await PrepareAsync(replicas[0]!, repo);
        repo.Hook("pre-receive", "sleep 1");
        var change = await LabelAsync(replicas[0]!);

        await replicas.Process(0).SignalAsync("TERM");
        (await replicas.Process(0).EndAsync()).ShouldBe(0);

        repo.Message().ShouldContain($"Promises-Change: {change}");
        (await ScalarAsync(database, "SELECT count(*) FROM store_lease WHERE holder IS NOT NULL")).ShouldBe(0L);
        (await ScalarAsync(database, "SELECT count(*) FROM store_delivery WHERE intent IS NOT NULL")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_push_that_hangs_does_not_keep_a_server_from_stopping_in_time()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var database = await postgres.MigratedAsync();
        await using var replicas = new Replicas(database, _place.Path, 1);
        await replicas.StartAsync(0);
        await PrepareAsync(replicas[0]!, repo);
        repo.Hook("pre-receive", $"touch {_place["pushed"]}; exec sleep 60");
        await LabelAsync(replicas[0]!);
        await Wait.UntilAsync(() => Task.FromResult(File.Exists(_place["pushed"])));

        var began = Stopwatch.GetTimestamp();
        await replicas.Process(0).SignalAsync("TERM");
        (await replicas.Process(0).EndAsync()).ShouldBe(0);

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        replicas.Process(0).Processes().ShouldBeEmpty();
        (await ScalarAsync(database, "SELECT count(*) FROM store_delivery WHERE intent IS NOT NULL")).ShouldBe(1L);
        (await ScalarAsync(database, "SELECT count(*) FROM store_lease WHERE holder IS NOT NULL")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_does_not_keep_a_server_from_stopping_in_time()
    {
        await using var server = await ServerProcess.StartAsync(_place["data"]);
        await server.Client.SettledAsync();
        var postgres = server.Postgres!.Value;
        await ServerProcess.SignalAsync("STOP", postgres);
        try
        {
            var began = Stopwatch.GetTimestamp();
            await server.SignalAsync("TERM");
            await server.EndAsync();

            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(10.5));
        }
        finally
        {
            await ServerProcess.SignalAsync("CONT", postgres);
        }
    }

    private static async Task PrepareAsync(ApiClient api, GitRepo repo)
    {
        await api.DoneAsync("PUT", "/state-stores/fleet", Fleet.Node($$"""{"spec": {"git": {"url": "{{repo.Url}}"} } }"""));
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), "p=1"));
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster("c1", "", """ "stateStore": {"name": "fleet"} """));
        await api.SettledAsync();
    }

    private static async Task<string> LabelAsync(ApiClient api)
    {
        var reply = await api.DoneAsync("PATCH", "/clusters/c1", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["team"] = "A" } } });
        return reply.Header("Promises-Change")!;
    }

    private static bool IsStopped(int process) => File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].StartsWith('T');

    private static async Task<string?> HeadAsync(string database) => (string?)await ScalarAsync(database, "SELECT head FROM store_delivery WHERE state_store = 'fleet'");

    private static async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
