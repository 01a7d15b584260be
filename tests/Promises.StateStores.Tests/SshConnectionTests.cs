using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>The processes that keep connections over ssh open for whoever may use them.</summary>
public sealed class SshConnectionTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SshFixture _ssh = new();

    [Fact]
    public async Task Connection_is_opened_once_and_used_by_all_that_may()
    {
        var first = _ssh.Open();
        var commit = await first.WriteAsync(null, ("a", "1"));
        for (var i = 2; i < 5; i++) commit = await first.WriteAsync(commit, ("a", $"{i}"));
        var stores = Enumerable.Range(0, 8).Select(i => new GitRepo(Path.Combine(_ssh.Stores.RemoteRoot, $"r{i}.git"))).ToList();

        await Task.WhenAll(stores.Select((_, i) => _ssh.Open($"r{i}").WriteAsync(null, ("a", "1"))));

        stores.ShouldAllBe(repo => repo.Commits("main") == 1);
        _ssh.Server.Logins.ShouldBe(1);
    }

    [Fact]
    public async Task More_at_once_than_one_connection_carries_open_more_of_them()
    {
        // OpenSSH lets one connection have ten sessions.
        var stores = Enumerable.Range(0, 16).Select(i => new GitRepo(Path.Combine(_ssh.Stores.RemoteRoot, $"r{i}.git"))).ToList();

        await Task.WhenAll(stores.Select((_, i) => _ssh.Open($"r{i}").WriteAsync(null, ("a", "1"))));

        stores.ShouldAllBe(repo => repo.Commits("main") == 1);
    }

    [Fact]
    public async Task Another_key_uses_no_connection_of_the_first()
    {
        var store = _ssh.Open();
        await store.WriteAsync(null, ("a", "1"));

        _ssh.Stores.Credential = new GitKey(SshKeys.Generate().Private, _ssh.Server.KnownHosts);

        var refused = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
        refused.Fault.ShouldBe(StoreFault.AuthenticationFailed);
        refused.Message.ShouldContain("Permission denied (publickey)");
        refused.Message.ShouldNotContain("Could not read from remote");
    }

    [Fact]
    public async Task Connection_whose_process_died_is_opened_anew()
    {
        var store = _ssh.Open();
        var commit = await store.WriteAsync(null, ("a", "1"));

        SshFixture.Signal("KILL", _ssh.Masters().ShouldHaveSingleItem());

        await store.WriteAsync(commit, ("a", "2"));
        _ssh.Server.Logins.ShouldBe(2);
    }

    [Fact]
    public async Task Connection_that_hangs_costs_one_time_limit_and_no_more()
    {
        await using var provider = _ssh.Stores.Create(_ssh.Stores.Options with { TransferLimit = TimeSpan.FromSeconds(1) });
        var store = provider.OpenRemote("app", _ssh.Server.Url(_ssh.Stores.Repo.Path), "main", "writer");
        var first = await store.WriteAsync(null, ("a", "1"));
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;
        var master = _ssh.Masters().ShouldHaveSingleItem();
        try
        {
            SshFixture.Signal("STOP", master);

            (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Unknown);
            (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        }
        finally
        {
            SshFixture.Signal("KILL", master);
        }
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleared_and_connections_end_with_the_provider()
    {
        Directory.CreateDirectory(Path.Combine(_ssh.Private, "left"));
        File.WriteAllText(Path.Combine(_ssh.Private, "left", "key"), "secret");
        var sockets = Directory.CreateTempSubdirectory("promises-ssh-").FullName;
        File.WriteAllText(_ssh.Stores.Options.ConnectionsNote, sockets);

        var provider = _ssh.Stores.Create(_ssh.Stores.Options);

        Directory.Exists(Path.Combine(_ssh.Private, "left")).ShouldBeFalse();
        Directory.Exists(sockets).ShouldBeFalse();
        await provider.OpenRemote("app", _ssh.Server.Url(_ssh.Stores.Repo.Path), "main", "writer").WriteAsync(null, ("a", "1"));
        var master = _ssh.Masters().ShouldHaveSingleItem();
        await provider.DisposeAsync();
        await Wait.UntilAsync(() => !Directory.Exists($"/proc/{master}"));
        File.Exists(_ssh.Stores.Options.ConnectionsNote).ShouldBeFalse();
    }

    [Fact]
    public async Task Directory_of_the_sockets_that_was_cleared_away_is_made_anew()
    {
        var store = _ssh.Open();
        var commit = await store.WriteAsync(null, ("a", "1"));
        Directory.Delete(File.ReadAllText(_ssh.Stores.Options.ConnectionsNote), recursive: true);
        await store.WriteAsync(commit, ("a", "2"));
    }

    public ValueTask DisposeAsync() => _ssh.DisposeAsync();
}
