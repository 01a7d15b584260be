using System.Globalization;
using Promises.Testing;

namespace Promises.Data.Tests;

/// <summary>A PostgreSQL of our own, from its start to its end.</summary>
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
            await using var first = await RealPostgres.StartAsync(directory);
            await first.RunAsync("CREATE TABLE kept AS SELECT 42 AS answer");
            socket = first.Socket();
            Directory.Exists(socket).ShouldBeTrue();
            await first.StopAsync();
            first.ProcessId.ShouldBeNull();
        }

        Directory.Exists(socket).ShouldBeFalse();
        using var again = DataDirectory.Open(_place["data"]);
        await using var second = await RealPostgres.StartAsync(again);
        (await second.RunAsync("SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task It_has_checksums_and_listens_on_nothing_but_its_socket()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await RealPostgres.StartAsync(directory);

        (await server.RunAsync("SHOW data_checksums")).ShouldBe("on");
        (await server.RunAsync("SHOW listen_addresses")).ShouldBe("");
        (await server.RunAsync("SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = current_database()")).ShouldBe("UTF8C");
    }

    [Fact]
    public async Task It_runs_in_a_session_of_its_own_so_that_an_interrupt_of_the_terminal_does_not_reach_it()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await RealPostgres.StartAsync(directory);

        Session(server.ProcessId!.Value).ShouldNotBe(Session(System.Environment.ProcessId));
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
        await using (var first = await RealPostgres.StartAsync(directory)) await first.StopAsync();
        await File.AppendAllTextAsync(Path.Combine(directory.Path, "postgres", "postgresql.conf"), "no_such_setting = 1\n", Cancel);
        await using var server = RealPostgres.Create(directory, new PrivatePostgresOptions());

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain("no_such_setting");
    }

    private static string Session(int process)
    {
        var text = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ')[3];
    }
}
