using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Whom we trust, and who has to trust us, before anything is said over ssh.</summary>
public sealed class SshTrustTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SshFixture _ssh = new();

    [Theory]
    [InlineData("rsa", "PEM")]
    [InlineData("ecdsa", "PKCS8")]
    public async Task Key_in_an_older_format_opens_too(string type, string format)
    {
        using var server = new SshServer(user: SshKeys.Generate(type, format));
        _ssh.Stores.Credential = new GitKey(server.User.Private, server.KnownHosts);
        await _ssh.Stores.Ssh(server).WriteAsync(null, ("a", "1"));
    }

    [Fact]
    public async Task Host_that_is_not_known_or_shows_another_key_is_refused()
    {
        var store = _ssh.Open();
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        foreach (var hosts in (string[])[$"other.example.com {SshKeys.Generate().Public}\n", $"[127.0.0.1]:{_ssh.Server.Port} {SshKeys.Generate().Public}\n"])
        {
            _ssh.Stores.Credential = new GitKey(_ssh.Server.User.Private, hosts);

            var refused = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
            refused.Fault.ShouldBe(StoreFault.HostKeyRefused);
            refused.Message.ShouldContain("knownHosts");
            refused.Message.ShouldContain("strict checking");
            refused.Message.ShouldNotContain("known_hosts");
            (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.HostKeyRefused);
        }

        _ssh.Stores.Repo.Head().ShouldBeNull();
    }

    [Fact]
    public async Task Name_is_looked_up_here_and_its_key_is_that_of_the_name()
    {
        var guard = new AddressGuard(_ssh.Stores.Options) { Resolve = (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Loopback]) };
        await using var provider = new StateStoreProvider(_ssh.Stores.Options, _ssh.Stores, guard, TimeProvider.System, new Random(1));
        var store = provider.OpenRemote("app", _ssh.Server.Url(_ssh.Stores.Repo.Path, "git.example.com"), "main", "writer");

        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.HostKeyRefused);

        _ssh.Stores.Credential = new GitKey(_ssh.Server.User.Private, SshKeys.Hashed(_ssh.Server.KnownHostsOf("git.example.com")));
        await store.WriteAsync(null, ("a", "1"));
    }

    [Fact]
    public async Task Address_that_fails_makes_room_for_the_next()
    {
        var guard = new AddressGuard(_ssh.Stores.Options)
        {
            Resolve = (_, _) => Task.FromResult<System.Net.IPAddress[]>([System.Net.IPAddress.Parse("127.0.0.77"), System.Net.IPAddress.Loopback]),
        };
        await using var provider = new StateStoreProvider(_ssh.Stores.Options, _ssh.Stores, guard, TimeProvider.System, new Random(1));
        _ssh.Stores.Credential = new GitKey(_ssh.Server.User.Private, _ssh.Server.KnownHostsOf("git.example.com"));
        await provider.OpenRemote("app", _ssh.Server.Url(_ssh.Stores.Repo.Path, "git.example.com"), "main", "writer").WriteAsync(null, ("a", "1"));
    }

    [Fact]
    public async Task Key_is_in_no_argument_and_its_file_is_gone_afterwards()
    {
        var (ready, go) = (_ssh.Stores["ready"], _ssh.Stores["go"]);
        _ssh.Stores.Repo.Hook("pre-receive", $"touch {ready}; while [ -e {ready} -a ! -e {go} ]; do sleep 0.05; done");
        var store = _ssh.Open();
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;

        var pushing = store.PublishAsync(commit, null, None);
        await Wait.UntilAsync(() => File.Exists(ready));
        var key = Directory.GetFiles(_ssh.Private, "key", SearchOption.AllDirectories).ShouldHaveSingleItem();
        File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(key)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var lines = RunningProcesses.All().Select(process => process.Command).ToList();
        File.WriteAllText(go, "");
        (await pushing).Outcome.ShouldBe(PushOutcome.Acknowledged);

        lines.ShouldContain(line => line.Contains("ssh -F none", StringComparison.Ordinal) && line.Contains(key, StringComparison.Ordinal));
        var secret = _ssh.Server.User.Private.Split('\n')[2];
        lines.ShouldAllBe(line => !line.Contains(secret, StringComparison.Ordinal));
        Directory.GetFileSystemEntries(_ssh.Private).ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _ssh.DisposeAsync();
}
