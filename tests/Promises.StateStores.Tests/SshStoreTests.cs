using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A store over ssh, and what its server does to it.</summary>
public sealed class SshStoreTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SshFixture _ssh = new();

    [Fact]
    public async Task Commit_is_pushed_and_what_others_push_is_fetched()
    {
        var store = _ssh.Open();

        var commit = await store.WriteAsync(null, ("a", "1"));

        _ssh.Stores.Repo.Head().ShouldBe(commit);
        var theirs = _ssh.Stores.Repo.Commit("main", "theirs", ("b", "2"));
        (await store.TipAsync(None)).ShouldBe(theirs);
        await store.WriteAsync(theirs, ("a", "2"));
    }

    [Fact]
    public async Task Server_that_is_gone_is_unreachable_and_one_that_is_back_is_written_to()
    {
        var store = _ssh.Open();
        var first = await store.WriteAsync(null, ("a", "1"));
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;

        _ssh.Server.Stop();

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Unreachable);
        var gone = await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None));
        gone.Fault.ShouldBe(StoreFault.Unreachable);
        gone.Message.ShouldContain("Connection refused");

        _ssh.Server.Start();
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task Missing_repository_is_not_found()
    {
        var store = _ssh.Stores.Provider.OpenRemote("app", _ssh.Server.Url(_ssh.Stores["nowhere.git"]), "main", "writer");
        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.NotFound);
    }

    [Fact]
    public async Task Push_that_is_stopped_leaves_nothing_running_and_the_pushes_of_others_alone()
    {
        var slow = new GitRepo(Path.Combine(_ssh.Stores.RemoteRoot, "slow.git"));
        var (here, go) = (_ssh.Stores["here"], _ssh.Stores["go"]);
        slow.Hook("pre-receive", $"touch {here}; while [ -e {here} -a ! -e {go} ]; do sleep 0.05; done");
        var other = new GitRepo(Path.Combine(_ssh.Stores.RemoteRoot, "other.git"));
        other.Hook("pre-receive", $"touch {here}.other; while [ -e {here}.other -a ! -e {go}.other ]; do sleep 0.05; done");
        var (slowStore, otherStore) = (_ssh.Open("slow"), _ssh.Open("other"));
        var (one, two) = ((await slowStore.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!, (await otherStore.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!);
        using var stop = new CancellationTokenSource();

        // The first opens the connection that the second uses.
        var stopped = slowStore.PublishAsync(one, null, stop.Token);
        await Wait.UntilAsync(() => File.Exists(here));
        var going = otherStore.PublishAsync(two, null, None);
        await Wait.UntilAsync(() => File.Exists(here + ".other"));
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stopped);
        RunningProcesses.All().Select(process => process.Command).ToList().ShouldNotContain(line => line.Contains("git push", StringComparison.Ordinal) && line.Contains(slow.Path, StringComparison.Ordinal));
        File.WriteAllText(go + ".other", "");
        (await going).Outcome.ShouldBe(PushOutcome.Acknowledged);
        File.WriteAllText(go, "");
        _ssh.Server.Logins.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _ssh.DisposeAsync();
}
