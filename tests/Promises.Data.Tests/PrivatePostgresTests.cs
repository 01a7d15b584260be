using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Testing;

namespace Promises.Data.Tests;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly TempDirectory _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Restart_finds_the_same_data_and_a_stop_leaves_no_process_and_no_socket()
    {
        string socket;
        using (var directory = DataDirectory.Open(_place["data"]))
        {
            await using var first = await StartAsync(directory);
            await RunAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            socket = new NpgsqlConnectionStringBuilder(first.ConnectionString).Host!;
            Directory.Exists(socket).ShouldBeTrue();
            await first.StopAsync();
            first.ProcessId.ShouldBeNull();
        }

        Directory.Exists(socket).ShouldBeFalse();
        using var again = DataDirectory.Open(_place["data"]);
        await using var second = await StartAsync(again);
        (await RunAsync(second, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task It_has_checksums_and_listens_on_nothing_but_its_socket()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await StartAsync(directory);

        (await RunAsync(server, "SHOW data_checksums")).ShouldBe("on");
        (await RunAsync(server, "SHOW listen_addresses")).ShouldBe("");
        (await RunAsync(server, "SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = current_database()")).ShouldBe("UTF8C");
    }

    [Fact]
    public async Task It_runs_in_a_session_of_its_own_so_that_an_interrupt_of_the_terminal_does_not_reach_it()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await StartAsync(directory);

        Session(server.ProcessId!.Value).ShouldNotBe(Session(System.Environment.ProcessId));
    }

    [Fact]
    public async Task Killed_PostgreSQL_is_started_again_and_has_what_was_committed()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await StartAsync(directory);
        await RunAsync(server, "CREATE TABLE kept AS SELECT 42 AS answer");
        var killed = server.ProcessId!.Value;

        Process.GetProcessById(killed).Kill();

        await UntilAsync(() => server.ProcessId is { } id && id != killed);
        await UntilAsync(() => AnswersAsync(server));
        (await RunAsync(server, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Orphan_of_a_server_that_was_killed_is_adopted_and_stopped_with_its_new_server()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        // A killed server runs no code, so this one is just never stopped.
        var dead = await StartAsync(directory, new PrivatePostgresOptions { RestartPause = TimeSpan.FromDays(1) });
        var orphan = dead.ProcessId;

        await using var heir = await StartAsync(directory);
        heir.ProcessId.ShouldBe(orphan);

        await heir.StopAsync();
        heir.ProcessId.ShouldBeNull();
        await dead.StopAsync();
    }

    [Fact]
    public async Task Orphan_that_listens_elsewhere_is_replaced()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        Directory.CreateDirectory(_place["sockets"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(_place["sockets"], (UnixFileMode)0b111_111_111);
        var elsewhere = await StartAsync(directory, new PrivatePostgresOptions { SocketParent = _place["sockets"], RestartPause = TimeSpan.FromDays(1) });
        var orphan = elsewhere.ProcessId;

        await using var server = await StartAsync(directory);

        server.ProcessId.ShouldNotBeNull().ShouldNotBe(orphan!.Value);
        (await RunAsync(server, "SELECT 1")).ShouldBe(1);
        await server.StopAsync();
        await elsewhere.StopAsync();
    }

    [Fact]
    public async Task Process_number_left_behind_and_given_to_another_process_does_not_block_the_start()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        string socket;
        await using (var first = await StartAsync(directory))
        {
            socket = new NpgsqlConnectionStringBuilder(first.ConnectionString).Host!;
            await first.StopAsync();
        }

        var file = Path.Combine(directory.Path, "postgres", "postmaster.pid");
        // A process that lives, is not PostgreSQL, and that PostgreSQL's user could signal.
        using var other = Tool.Detach([.. (await PostgresUser.ChooseAsync(directory.PathOf("postgres"), Cancel)).Prefix, "sleep", "60"], "/dev/null");
        await File.WriteAllTextAsync(file, $"{other.Id}\n{directory.PathOf("postgres")}\n1\n5432\n/tmp/nowhere\n\n  1 1\n", Cancel);
        Directory.CreateDirectory(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(socket, ".s.PGSQL.5432.lock"), $"{other.Id}\n{directory.PathOf("postgres")}\n1\n5432\n{socket}\n", Cancel);
        await Tool.RequireAsync("give it to PostgreSQL's user", ["chown", "-R", "--reference", directory.PathOf("postgres"), file, socket], Cancel);

        await using var second = await StartAsync(directory);

        (await RunAsync(second, "SELECT 1")).ShouldBe(1);
        other.Kill();
    }

    [Fact]
    public async Task Initialisation_that_was_cut_off_is_done_again()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        var half = directory.Subdirectory("postgres.init-half");
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15\n", Cancel);

        await using var server = await StartAsync(directory);

        Directory.Exists(half).ShouldBeFalse();
        (await RunAsync(server, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Socket_path_is_short_however_long_the_data_directory_is()
    {
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 60), 5));
        using var directory = DataDirectory.Open(_place[deep]);
        await using var server = await StartAsync(directory);

        (new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!.Length + "/.s.PGSQL.5432".Length).ShouldBeLessThan(60);
        (await RunAsync(server, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Socket_directory_that_somebody_else_made_is_refused()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        Directory.CreateDirectory(_place["sockets"]);
        File.SetUnixFileMode(_place["sockets"], (UnixFileMode)0b111_111_111);
        var options = new PrivatePostgresOptions { SocketParent = _place["sockets"] };
        await using var server = Create(directory, options);
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
        Directory.CreateDirectory(socket);
        File.SetUnixFileMode(socket, (UnixFileMode)0b111_111_111);

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain($"{socket} exists and is not PostgreSQL's own");
    }

    [Fact]
    public async Task Missing_installation_and_wrong_version_say_what_to_install()
    {
        var nowhere = new PrivatePostgresOptions { Binaries = _place["nowhere"] };

        (await Should.ThrowAsync<PrivatePostgresException>(PostgresBinaries.FindAsync(nowhere, null, Cancel))).Message.ShouldContain("Install the package postgresql");
        (await Should.ThrowAsync<PrivatePostgresException>(PostgresBinaries.FindAsync(new PrivatePostgresOptions(), 9, Cancel))).Message.ShouldContain("postgresql-9");
    }

    [Fact]
    public async Task PostgreSQL_that_cannot_start_is_reported_with_what_its_log_says()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using (var first = await StartAsync(directory)) await first.StopAsync();
        await File.AppendAllTextAsync(Path.Combine(directory.Path, "postgres", "postgresql.conf"), "no_such_setting = 1\n", Cancel);
        await using var server = Create(directory, new PrivatePostgresOptions());

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain("no_such_setting");
    }

    [Fact]
    public async Task Log_is_bounded()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        var log = new PostgresLog(directory.PathOf("postgres.log"), 1000);
        log.Prepare();
        await File.AppendAllTextAsync(log.Path, new string('x', 1001), Cancel);

        log.Bound();

        new FileInfo(log.Path).Length.ShouldBe(0);
        File.GetUnixFileMode(log.Path + ".1").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task As_root_it_runs_as_another_user_and_nothing_is_readable_to_others()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root");
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await StartAsync(directory);

        (await Tool.RequireAsync("see whose process it is", ["stat", "-c", "%U", $"/proc/{server.ProcessId}"], Cancel)).ShouldBeOneOf("postgres", "nobody");
        Convert.ToString((int)File.GetUnixFileMode(directory.Path), 8).ShouldBe("711");
        foreach (var entry in new DirectoryInfo(directory.Path).EnumerateFileSystemInfos())
        {
            ((int)entry.UnixFileMode & 0b000_111_111).ShouldBe(0, entry.Name);
        }

        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
        Convert.ToString((int)File.GetUnixFileMode(socket), 8).ShouldBe("700");
    }

    [Fact]
    public async Task As_root_a_parent_that_the_other_user_cannot_enter_is_named()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root");
        Directory.CreateDirectory(_place["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var directory = DataDirectory.Open(_place["closed/deep/data"]);
        await using var server = Create(directory, new PrivatePostgresOptions());

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain($"cannot enter {_place["closed"]},");
    }

    private static PrivatePostgres Create(DataDirectory directory, PrivatePostgresOptions options) =>
        new(directory, options, TimeProvider.System, NullLogger<PrivatePostgres>.Instance);

    private static async Task<PrivatePostgres> StartAsync(DataDirectory directory, PrivatePostgresOptions? options = null)
    {
        var server = Create(directory, options ?? new PrivatePostgresOptions());
        await server.StartAsync(Cancel);
        return server;
    }

    private static async Task<object?> RunAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }

    private static async Task<bool> AnswersAsync(PrivatePostgres server) =>
        await PrivateDatabase.AnswersAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!, Cancel);

    private static string Session(int process)
    {
        var text = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ')[3];
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition()) await timer.WaitForNextTickAsync(Cancel);
    }
}
