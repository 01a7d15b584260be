using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Commits that others have taken off the branch, asked for by somebody who never had them.</summary>
public sealed class LostCommitTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Fact]
    public async Task History_that_no_branch_leads_to_is_read_from_a_file_store()
    {
        var (kept, lost) = Lose();
        await HasLostAsync(_fixture.File(), kept, lost);
    }

    [Fact]
    public async Task History_that_no_branch_leads_to_is_read_over_http()
    {
        var (kept, lost) = Lose();
        await using var server = new GitHttpServer(_fixture.RemoteRoot);
        await HasLostAsync(_fixture.Http(server), kept, lost);
    }

    [Fact]
    public async Task History_that_no_branch_leads_to_is_read_over_ssh()
    {
        var (kept, lost) = Lose();
        using var server = new SshServer();
        _fixture.Credential = new GitKey(server.User.Private, server.KnownHosts);
        await HasLostAsync(_fixture.Ssh(server), kept, lost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task There_is_none_where_the_host_does_not_give_it(bool isCollected)
    {
        var (kept, lost) = Lose();
        if (isCollected) Repo.In("gc", "--quiet", "--prune=now");
        await using var server = new GitHttpServer(_fixture.RemoteRoot) { SpeaksFirstVersion = !isCollected };
        var store = _fixture.Http(server);
        (await store.TipAsync(None)).ShouldBe(kept);

        (await store.HistoryAsync(kept, lost, 100, None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("fatal: remote error: upload-pack: not our ref 1111", true)]
    [InlineData("error: Server does not allow request for unadvertised object 1111", true)]
    [InlineData("fatal: remote error: want 1111 not valid", true)]
    [InlineData("fatal: remote error: the object does not exist", true)]
    [InlineData("fatal: http://h/r.git/info/refs not valid: is this a git repository?", false)]
    [InlineData("fatal: unable to access 'http://h/r.git/': Failed to connect to h", false)]
    [InlineData("fatal: Authentication failed for 'http://h/r.git/'", false)]
    [InlineData("fatal: write error: No space left on device", false)]
    [InlineData("fatal: loose object 1111 is corrupt", false)]
    public void Only_what_the_host_says_about_the_commit_means_that_it_does_not_give_it(string words, bool isThat) =>
        RemoteFaults.IsNotGiven(new GitResult("Cannot fetch", 128, [], words, TimedOut: false, Cut: false)).ShouldBe(isThat);

    [Fact]
    public async Task A_host_that_cannot_be_asked_is_not_taken_for_one_that_has_nothing()
    {
        var (kept, lost) = Lose();
        await using var server = new GitHttpServer(_fixture.RemoteRoot);
        var store = _fixture.Http(server);
        await store.TipAsync(None);
        server.Fault = GitFault.ServerError;

        (await Should.ThrowAsync<StateStoreException>(() => store.HistoryAsync(kept, lost, 100, None))).Fault.ShouldBe(StoreFault.Unreachable);
        server.Fault = GitFault.None;
        await HasLostAsync(store, kept, lost);
    }

    public void Dispose() => _fixture.Dispose();

    private (string Kept, string Lost) Lose()
    {
        var kept = Repo.Commit("main", "kept", ("a", "1"));
        Repo.Commit("main", "first", ("b", "1"));
        var lost = Repo.Commit("main", "second", ("b", null));
        Repo.In("update-ref", "refs/heads/main", kept);
        return (kept, lost);
    }

    private static async Task HasLostAsync(IStateStore store, string kept, string lost)
    {
        (await store.TipAsync(None)).ShouldBe(kept);

        var history = await store.HistoryAsync(kept, lost, 100, None);

        history.Select(commit => commit.Message.Trim()).ShouldBe(["second", "first"]);
        history[0].Changes.Single().Path.ShouldBe("b");
        (await store.TipAsync(None)).ShouldBe(kept);
    }
}
