using Promises.Testing;

namespace Promises.Data.Tests;

/// <summary>Who may reach PostgreSQL: its socket, and its user where we are root.</summary>
public sealed class PostgresAccessTests : IDisposable
{
    private readonly TempDirectory _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Socket_directory_that_somebody_else_made_is_refused()
    {
        using var directory = DataDirectory.Open(_place["data"]);
        Directory.CreateDirectory(_place["sockets"]);
        File.SetUnixFileMode(_place["sockets"], (UnixFileMode)0b111_111_111);
        var options = new PrivatePostgresOptions { SocketParent = _place["sockets"] };
        await using var server = RealPostgres.Create(directory, options);
        var socket = server.Socket();
        Directory.CreateDirectory(socket);
        File.SetUnixFileMode(socket, (UnixFileMode)0b111_111_111);

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain($"{socket} exists and is not PostgreSQL's own");
    }

    [Fact]
    public async Task As_root_it_runs_as_another_user_and_nothing_is_readable_to_others()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root");
        using var directory = DataDirectory.Open(_place["data"]);
        await using var server = await RealPostgres.StartAsync(directory);

        (await Tool.RequireAsync("see whose process it is", ["stat", "-c", "%U", $"/proc/{server.ProcessId}"], Cancel)).ShouldBeOneOf("postgres", "nobody");
        Convert.ToString((int)File.GetUnixFileMode(directory.Path), 8).ShouldBe("711");
        foreach (var entry in new DirectoryInfo(directory.Path).EnumerateFileSystemInfos())
        {
            ((int)entry.UnixFileMode & 0b000_111_111).ShouldBe(0, entry.Name);
        }

        var socket = server.Socket();
        Convert.ToString((int)File.GetUnixFileMode(socket), 8).ShouldBe("700");
    }

    [Fact]
    public async Task As_root_a_parent_that_the_other_user_cannot_enter_is_named()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root");
        Directory.CreateDirectory(_place["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var directory = DataDirectory.Open(_place["closed/deep/data"]);
        await using var server = RealPostgres.Create(directory, new PrivatePostgresOptions());

        (await Should.ThrowAsync<PrivatePostgresException>(server.StartAsync(Cancel))).Message.ShouldContain($"cannot enter {_place["closed"]},");
    }

    [Fact]
    public async Task Socket_path_is_short_however_long_the_data_directory_is()
    {
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 60), 5));
        using var directory = DataDirectory.Open(_place[deep]);
        await using var server = await RealPostgres.StartAsync(directory);

        (server.Socket().Length + "/.s.PGSQL.5432".Length).ShouldBeLessThan(60);
        (await server.RunAsync("SELECT 1")).ShouldBe(1);
    }
}
