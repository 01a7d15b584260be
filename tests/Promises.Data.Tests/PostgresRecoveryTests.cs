using System.Diagnostics;
using Promises.Testing;

namespace Promises.Data.Tests;

/// <summary>What a kill leaves of PostgreSQL or of the server above it, and a start that comes after.</summary>
public sealed class PostgresRecoveryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Killed_PostgreSQL_is_started_again_and_has_what_was_committed()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await RealPostgres.StartAsync(directory);
        await server.RunAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        var killed = server.ProcessId!.Value;

        Process.GetProcessById(killed).Kill();

        await Wait.UntilAsync(() => server.ProcessId is { } id && id != killed, Patience);
        await Wait.UntilAsync(() => PrivateDatabase.AnswersAsync(server.Socket(), Cancel), Patience);
        (await server.RunAsync("SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Orphan_of_a_server_that_was_killed_is_adopted_and_stopped_with_its_new_server()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        // A killed server runs no code, so this one is just never stopped.
        var dead = await RealPostgres.StartAsync(directory, new PrivatePostgresOptions { RestartPause = TimeSpan.FromDays(1) });
        var orphan = dead.ProcessId;

        await using var heir = await RealPostgres.StartAsync(directory);
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
        var elsewhere = await RealPostgres.StartAsync(directory, new PrivatePostgresOptions { SocketParent = _place["sockets"], RestartPause = TimeSpan.FromDays(1) });
        var orphan = elsewhere.ProcessId;

        await using var server = await RealPostgres.StartAsync(directory);

        server.ProcessId.ShouldNotBeNull().ShouldNotBe(orphan!.Value);
        (await server.RunAsync("SELECT 1")).ShouldBe(1);
        await server.StopAsync();
        await elsewhere.StopAsync();
    }

    [Fact]
    public async Task Process_number_left_behind_and_given_to_another_process_does_not_block_the_start()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        string socket;
        await using (var first = await RealPostgres.StartAsync(directory))
        {
            socket = first.Socket();
            await first.StopAsync();
        }

        var file = Path.Combine(directory.Path, "postgres", "postmaster.pid");
        // A process that lives, is not PostgreSQL, and that PostgreSQL's user could signal.
        using var other = Tool.Detach([.. (await PostgresUser.ChooseAsync(directory.PathOf("postgres"), Cancel)).Prefix, "sleep", "60"], "/dev/null");
        await File.WriteAllTextAsync(file, $"{other.Id}\n{directory.PathOf("postgres")}\n1\n5432\n/tmp/nowhere\n\n  1 1\n", Cancel);
        Directory.CreateDirectory(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(socket, ".s.PGSQL.5432.lock"), $"{other.Id}\n{directory.PathOf("postgres")}\n1\n5432\n{socket}\n", Cancel);
        await Tool.RequireAsync("give it to PostgreSQL's user", ["chown", "-R", "--reference", directory.PathOf("postgres"), file, socket], Cancel);

        await using var second = await RealPostgres.StartAsync(directory);

        (await second.RunAsync("SELECT 1")).ShouldBe(1);
        other.Kill();
    }

    [Fact]
    public async Task Initialisation_that_was_cut_off_is_done_again()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        var half = directory.Subdirectory("postgres.init-half");
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15\n", Cancel);

        await using var server = await RealPostgres.StartAsync(directory);

        Directory.Exists(half).ShouldBeFalse();
        (await server.RunAsync("SELECT 1")).ShouldBe(1);
    }
}
