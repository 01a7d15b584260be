using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Hosting;

public sealed class ServerProcessTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Nothing_that_the_server_makes_can_be_read_by_others_and_a_repository_of_others_keeps_their_modes()
    {
        var repo = new GitRepo(_place["theirs.git"]);
        await using var server = await ServerProcess.StartAsync(_place["data"]);
        var api = server.Client;
        await CreateAsync(api, "credentials", "writer", new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = "s3cret" });
        await CreateAsync(api, "state-stores", "theirs", new JsonObject { ["git"] = new JsonObject { ["url"] = repo.Url } });
        await CreateAsync(api, "clusters", "c1", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = "theirs" } });
        await CreateAsync(api, "clusters", "c2", []);
        await SettledAsync(api, "theirs");
        await SettledAsync(api, "default");

        File.GetUnixFileMode(server.Data).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | (Environment.IsPrivilegedProcess ? UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : UnixFileMode.None));
        // Its own user's; PostgreSQL sees to them, and comes and goes with temporary ones.
        var postgres = Path.Combine(server.Data, "postgres");
        Directory.EnumerateFileSystemEntries(server.Data, "*", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(postgres + "/", StringComparison.Ordinal) && File.Exists(path) | Directory.Exists(path))
            .Where(path => (File.GetUnixFileMode(path) & Others) != 0)
            .ShouldBeEmpty();

        File.GetUnixFileMode(Path.Combine(repo.Path, "refs/heads/main")).ShouldBe((UnixFileMode)Convert.ToInt32("644", 8));
    }

    [Fact]
    public async Task A_second_server_and_a_taken_port_are_refused_in_one_sentence()
    {
        await using var first = await ServerProcess.StartAsync("relative/data", _place.Path);
        first.Data.ShouldBe(_place["relative/data"]);

        await using var second = ServerProcess.Begin(first.Data);
        (await second.EndAsync()).ShouldBe(1);
        second.Said.Trim().ShouldBe(
            $"promises: The data directory {first.Data} is used by another server that is running. Stop that one first, or name another directory.");

        await using var third = ServerProcess.Begin(_place["other"], first.Address.Port);
        (await third.EndAsync()).ShouldBe(1);
        third.Said.Trim().ShouldBe(
            $"promises: Port {first.Address.Port} on 127.0.0.1 is in use by another program. Stop that one, or choose another port with --port or PROMISES_Http__Port.");

        (await first.Client.GetAsync("/clusters")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_parent_that_PostgreSQL_cannot_enter_is_named()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Only root starts PostgreSQL as another user.");
        Directory.CreateDirectory(_place["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using var server = ServerProcess.Begin(_place["closed/data"]);

        (await server.EndAsync()).ShouldBe(1);
        server.Said.ShouldContain($"cannot enter {_place["closed"]},");
    }

    [Fact]
    public async Task A_server_that_is_killed_between_writes_loses_nothing_it_has_answered_and_its_successor_adopts_the_orphan()
    {
        var data = _place[$"{new string('d', 120)}/{new string('e', 120)}"];
        var answered = new List<string>();
        int postgres;
        await using (var server = await ServerProcess.StartAsync(data))
        {
            var api = server.Client;
            var writes = Enumerable.Range(0, 100).Select(number => WriteAsync(api, $"c{number}")).ToList();
            await Wait.UntilAsync(() => Task.FromResult(answered.Count >= 40));
            await server.SignalAsync("KILL");
            await server.EndAsync();
            await Task.WhenAll(writes);
            postgres = server.Postgres!.Value;

            await using var next = await ServerProcess.StartAsync(data);
            next.Said.ShouldContain($"process {postgres.ToString(CultureInfo.InvariantCulture)}");
            next.Postgres.ShouldBe(postgres);
            var found = (await next.Client.GetAsync("/clusters?limit=1000")).Json["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]).ToHashSet();
            answered.Where(name => !found.Contains(name)).ShouldBeEmpty();
            await SettledAsync(next.Client, "default");
            var clone = GitRepo.Git("ls-remote", $"http://x:{File.ReadAllText(Path.Combine(data, "admin.token")).Trim()}@127.0.0.1:{next.Address.Port}/git/default.git");
            clone.ShouldContain("refs/heads/main");

            await next.SignalAsync("TERM");
            (await next.EndAsync()).ShouldBe(0);
            next.Processes().ShouldBeEmpty();
            Directory.Exists(next.Socket).ShouldBeFalse();
        }

        async Task WriteAsync(ApiClient api, string name)
        {
            try
            {
                var reply = await api.PostAsync("/clusters", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
                if (reply.Status != 201) return;
                lock (answered) answered.Add(name);
            }
            catch (HttpRequestException)
            {
                // Not answered: it may be there or not.
            }
        }
    }

    [Fact]
    public async Task A_database_that_freezes_or_dies_is_told_in_bounded_time_and_the_server_recovers_by_itself()
    {
        await using var server = await ServerProcess.StartAsync(_place["data"]);
        var (api, postgres) = (server.Client, server.Postgres!.Value);
        (await api.GetAsync("/clusters")).Status.ShouldBe(200);

        var frozen = Children(postgres).Append(postgres).ToList();
        await ServerProcess.SignalAsync("STOP", frozen);
        try
        {
            var began = Stopwatch.GetTimestamp();
            (await api.With(null).GetAsync("/readyz")).Status.ShouldBe(503);
            // It waits for one and a half; the rest is for a busy machine.
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
            (await api.With(null).GetAsync("/healthz")).Status.ShouldBe(200);
        }
        finally
        {
            await ServerProcess.SignalAsync("CONT", frozen);
        }

        await Wait.UntilAsync(async () => (await api.With(null).GetAsync("/readyz")).Status == 200);

        await ServerProcess.SignalAsync("KILL", postgres);
        Reply refused = null!;
        await Wait.UntilAsync(async () => (refused = await api.GetAsync("/clusters")).Status != 200);
        refused.ShouldBeProblem(503, "unavailable");
        refused.Header("Retry-After").ShouldNotBeNull();
        await Wait.UntilAsync(async () => (await api.GetAsync("/clusters")).Status == 200);
        server.Postgres.ShouldNotBe(postgres);
    }

    [Theory]
    [InlineData("TERM", 300)]
    [InlineData("INT", 700)]
    [InlineData("TERM", 1200)]
    [InlineData("INT", 2000)]
    public async Task A_server_that_is_stopped_while_it_starts_leaves_nothing_behind(string signal, int milliseconds)
    {
        await using var server = ServerProcess.Begin(_place["data"]);
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        await server.SignalAsync(signal);
        await server.EndAsync();

        server.Processes().ShouldBeEmpty(server.Said);
        Directory.Exists(server.Socket).ShouldBeFalse(server.Said);
    }

    private static async Task CreateAsync(ApiClient api, string route, string name, JsonObject spec)
    {
        var reply = await api.PostAsync($"/{route}", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec });
        reply.Status.ShouldBe(201, reply.Text);
    }

    private static Task SettledAsync(ApiClient api, string store) => Wait.UntilAsync(async () =>
    {
        var status = (await api.GetAsync($"/state-stores/{store}")).Json["status"]!;
        return (int)status["pendingClusters"]! == 0 && status["lastCommit"] is not null;
    });

    private static IEnumerable<int> Children(int parent) => Directory.EnumerateDirectories($"/proc/{parent}/task").SelectMany(task =>
        File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
}
