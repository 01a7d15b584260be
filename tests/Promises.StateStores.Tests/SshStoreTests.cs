using System.Diagnostics;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class SshStoreTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();
    private readonly SshServer _server = new();

    public SshStoreTests() => _fixture.Credential = new GitKey(_server.User.Private, _server.KnownHosts);

    [Fact]
    public async Task Commit_is_pushed_and_what_others_push_is_fetched()
    {
        var store = _fixture.Ssh(_server);

        var commit = await WriteAsync(store, null, ("a", "1"));

        _fixture.Repo.Head().ShouldBe(commit);
        var theirs = _fixture.Repo.Commit("main", "theirs", ("b", "2"));
        (await store.TipAsync(None)).ShouldBe(theirs);
        await WriteAsync(store, theirs, ("a", "2"));
    }

    [Theory]
    [InlineData("rsa", "PEM")]
    [InlineData("ecdsa", "PKCS8")]
    public async Task Key_in_an_older_format_opens_too(string type, string format)
    {
        using var server = new SshServer(user: SshKeys.Generate(type, format));
        _fixture.Credential = new GitKey(server.User.Private, server.KnownHosts);
        await WriteAsync(_fixture.Ssh(server), null, ("a", "1"));
    }

    [Fact]
    public async Task Connection_is_opened_once_and_used_by_all_that_may()
    {
        var first = _fixture.Ssh(_server);
        var commit = await WriteAsync(first, null, ("a", "1"));
        for (var i = 2; i < 5; i++) commit = await WriteAsync(first, commit, ("a", $"{i}"));
        var stores = Enumerable.Range(0, 8).Select(i => new GitRepo(Path.Combine(_fixture.RemoteRoot, $"r{i}.git"))).ToList();

        await Task.WhenAll(stores.Select((_, i) => WriteAsync(_fixture.Ssh(_server, $"r{i}"), null, ("a", "1"))));

        stores.ShouldAllBe(repo => repo.Commits("main") == 1);
        _server.Logins.ShouldBe(1);
    }

    [Fact]
    public async Task More_at_once_than_one_connection_carries_open_more_of_them()
    {
        // OpenSSH lets one connection have ten sessions.
        var stores = Enumerable.Range(0, 16).Select(i => new GitRepo(Path.Combine(_fixture.RemoteRoot, $"r{i}.git"))).ToList();

        await Task.WhenAll(stores.Select((_, i) => WriteAsync(_fixture.Ssh(_server, $"r{i}"), null, ("a", "1"))));

        stores.ShouldAllBe(repo => repo.Commits("main") == 1);
    }

    [Fact]
    public async Task Another_key_uses_no_connection_of_the_first()
    {
        var store = _fixture.Ssh(_server);
        await WriteAsync(store, null, ("a", "1"));

        _fixture.Credential = new GitKey(SshKeys.Generate().Private, _server.KnownHosts);

        var refused = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
        refused.Fault.ShouldBe(StoreFault.AuthenticationFailed);
        refused.Message.ShouldContain("Permission denied (publickey)");
        refused.Message.ShouldNotContain("Could not read from remote");
    }

    [Fact]
    public async Task Host_that_is_not_known_or_shows_another_key_is_refused()
    {
        var store = _fixture.Ssh(_server);
        var commit = (await CommitAsync(store, null, ("a", "1")))!;
        foreach (var hosts in (string[])[$"other.example.com {SshKeys.Generate().Public}\n", $"[127.0.0.1]:{_server.Port} {SshKeys.Generate().Public}\n"])
        {
            _fixture.Credential = new GitKey(_server.User.Private, hosts);

            var refused = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
            refused.Fault.ShouldBe(StoreFault.HostKeyRefused);
            refused.Message.ShouldContain("knownHosts");
            refused.Message.ShouldContain("strict checking");
            refused.Message.ShouldNotContain("known_hosts");
            (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.HostKeyRefused);
        }

        _fixture.Repo.Head().ShouldBeNull();
    }

    [Fact]
    public async Task Name_is_looked_up_here_and_its_key_is_that_of_the_name()
    {
        var guard = new AddressGuard(_fixture.Options) { Resolve = (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Loopback]) };
        await using var provider = new StateStoreProvider(_fixture.Options, _fixture, guard, TimeProvider.System, new Random(1));
        var store = provider.OpenRemote("app", _server.Url(_fixture.Repo.Path, "git.example.com"), "main", "writer");

        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.HostKeyRefused);

        _fixture.Credential = new GitKey(_server.User.Private, SshKeys.Hashed(_server.KnownHostsOf("git.example.com")));
        await WriteAsync(store, null, ("a", "1"));
    }

    [Fact]
    public async Task Address_that_fails_makes_room_for_the_next()
    {
        var guard = new AddressGuard(_fixture.Options)
        {
            Resolve = (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Parse("127.0.0.77"), System.Net.IPAddress.Loopback]),
        };
        await using var provider = new StateStoreProvider(_fixture.Options, _fixture, guard, TimeProvider.System, new Random(1));
        _fixture.Credential = new GitKey(_server.User.Private, _server.KnownHostsOf("git.example.com"));
        await WriteAsync(provider.OpenRemote("app", _server.Url(_fixture.Repo.Path, "git.example.com"), "main", "writer"), null, ("a", "1"));
    }

    [Fact]
    public async Task Server_that_is_gone_is_unreachable_and_one_that_is_back_is_written_to()
    {
        var store = _fixture.Ssh(_server);
        var first = await WriteAsync(store, null, ("a", "1"));
        var second = (await CommitAsync(store, first, ("a", "2")))!;

        _server.Stop();

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Unreachable);
        var gone = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
        gone.Fault.ShouldBe(StoreFault.Unreachable);
        gone.Message.ShouldContain("Connection refused");

        _server.Start();
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task Missing_repository_is_not_found()
    {
        var store = _fixture.Provider.OpenRemote("app", _server.Url(_fixture["nowhere.git"]), "main", "writer");
        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.NotFound);
    }

    [Fact]
    public async Task Connection_whose_process_died_is_opened_anew()
    {
        var store = _fixture.Ssh(_server);
        var commit = await WriteAsync(store, null, ("a", "1"));

        Signal("KILL", Masters().ShouldHaveSingleItem());

        await WriteAsync(store, commit, ("a", "2"));
        _server.Logins.ShouldBe(2);
    }

    [Fact]
    public async Task Connection_that_hangs_costs_one_time_limit_and_no_more()
    {
        await using var provider = _fixture.Create(_fixture.Options with { TransferLimit = TimeSpan.FromSeconds(1) });
        var store = provider.OpenRemote("app", _server.Url(_fixture.Repo.Path), "main", "writer");
        var first = await WriteAsync(store, null, ("a", "1"));
        var second = (await CommitAsync(store, first, ("a", "2")))!;
        var master = Masters().ShouldHaveSingleItem();
        try
        {
            Signal("STOP", master);

            (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Unknown);
            (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        }
        finally
        {
            Signal("KILL", master);
        }
    }

    [Fact]
    public async Task Push_that_is_stopped_leaves_nothing_running_and_the_pushes_of_others_alone()
    {
        var slow = new GitRepo(Path.Combine(_fixture.RemoteRoot, "slow.git"));
        var (here, go) = (_fixture["here"], _fixture["go"]);
        slow.Hook("pre-receive", $"touch {here}; while [ ! -e {go} ]; do sleep 0.05; done");
        var other = new GitRepo(Path.Combine(_fixture.RemoteRoot, "other.git"));
        other.Hook("pre-receive", $"touch {here}.other; while [ ! -e {go}.other ]; do sleep 0.05; done");
        var (slowStore, otherStore) = (_fixture.Ssh(_server, "slow"), _fixture.Ssh(_server, "other"));
        var (one, two) = ((await CommitAsync(slowStore, null, ("a", "1")))!, (await CommitAsync(otherStore, null, ("a", "1")))!);
        using var stop = new CancellationTokenSource();

        // The first opens the connection that the second uses.
        var stopped = slowStore.PublishAsync(one, null, stop.Token);
        await UntilAsync(() => File.Exists(here));
        var going = otherStore.PublishAsync(two, null, None);
        await UntilAsync(() => File.Exists(here + ".other"));
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stopped);
        CommandLines().ShouldNotContain(line => line.Contains("git push", StringComparison.Ordinal) && line.Contains(slow.Path, StringComparison.Ordinal));
        File.WriteAllText(go + ".other", "");
        (await going).Outcome.ShouldBe(PushOutcome.Acknowledged);
        File.WriteAllText(go, "");
        _server.Logins.ShouldBe(1);
    }

    [Fact]
    public async Task Key_is_in_no_argument_and_its_file_is_gone_afterwards()
    {
        var (ready, go) = (_fixture["ready"], _fixture["go"]);
        _fixture.Repo.Hook("pre-receive", $"touch {ready}; while [ ! -e {go} ]; do sleep 0.05; done");
        var store = _fixture.Ssh(_server);
        var commit = (await CommitAsync(store, null, ("a", "1")))!;

        var pushing = store.PublishAsync(commit, null, None);
        await UntilAsync(() => File.Exists(ready));
        var key = Directory.GetFiles(Private, "key", SearchOption.AllDirectories).ShouldHaveSingleItem();
        File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(key)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var lines = CommandLines();
        File.WriteAllText(go, "");
        (await pushing).Outcome.ShouldBe(PushOutcome.Acknowledged);

        lines.ShouldContain(line => line.Contains("ssh -F none", StringComparison.Ordinal) && line.Contains(key, StringComparison.Ordinal));
        var secret = _server.User.Private.Split('\n')[2];
        lines.ShouldAllBe(line => !line.Contains(secret, StringComparison.Ordinal));
        Directory.GetFileSystemEntries(Private).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleared_and_connections_end_with_the_provider()
    {
        Directory.CreateDirectory(Path.Combine(Private, "left"));
        File.WriteAllText(Path.Combine(Private, "left", "key"), "secret");
        var sockets = Directory.CreateTempSubdirectory("promises-ssh-").FullName;
        File.WriteAllText(_fixture.Options.ConnectionsNote, sockets);

        var provider = _fixture.Create(_fixture.Options);

        Directory.Exists(Path.Combine(Private, "left")).ShouldBeFalse();
        Directory.Exists(sockets).ShouldBeFalse();
        await WriteAsync(provider.OpenRemote("app", _server.Url(_fixture.Repo.Path), "main", "writer"), null, ("a", "1"));
        var master = Masters().ShouldHaveSingleItem();
        await provider.DisposeAsync();
        await UntilAsync(() => !Directory.Exists($"/proc/{master}"));
        File.Exists(_fixture.Options.ConnectionsNote).ShouldBeFalse();
    }

    [Fact]
    public async Task Directory_of_the_sockets_that_was_cleared_away_is_made_anew()
    {
        var store = _fixture.Ssh(_server);
        var commit = await WriteAsync(store, null, ("a", "1"));
        Directory.Delete(File.ReadAllText(_fixture.Options.ConnectionsNote), recursive: true);
        await WriteAsync(store, commit, ("a", "2"));
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.Provider.DisposeAsync();
        _server.Dispose();
        _fixture.Dispose();
    }

    private string Private => _fixture.Options.PrivateDirectory;

    /// <summary>Processes that keep our connections.</summary>
    private int[] Masters()
    {
        var sockets = File.ReadAllText(_fixture.Options.ConnectionsNote);
        return [.. Processes().Where(one => one.Command.Contains("[mux]", StringComparison.Ordinal) && one.Command.Contains(sockets, StringComparison.Ordinal)).Select(one => one.Id)];
    }

    private static List<string> CommandLines() => [.. Processes().Select(one => one.Command)];

    private static IEnumerable<(int Id, string Command)> Processes()
    {
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                string command;
                try
                {
                    command = File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ');
                }
                catch (IOException)
                {
                    // It ended meanwhile.
                    continue;
                }

                yield return (process.Id, command);
            }
        }
    }

    private static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(15));
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private static Task<string?> CommitAsync(IStateStore store, string? from, params (string, string?)[] files) => store.CommitAsync(StoreFixture.Spec(from, files), None);

    private static async Task<string> WriteAsync(IStateStore store, string? from, params (string, string?)[] files)
    {
        var commit = (await CommitAsync(store, from, files)).ShouldNotBeNull();
        var result = await store.PublishAsync(commit, from, None);
        result.Outcome.ShouldBe(PushOutcome.Acknowledged, result.Message);
        return commit;
    }
}
