using System.Diagnostics;
using System.Text;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Pushes without git, to a host that fails: nothing is believed, git takes over, and hands back after a while.</summary>
public sealed class DirectFaultTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectFixture _fixture = new(options => options with { SilenceLimit = TimeSpan.FromSeconds(1) });

    private GitHttpServer Server => _fixture.Server;

    [Theory]
    [InlineData(GitFault.DropAnswer, true)]
    [InlineData(GitFault.CutRequest, false)]
    [InlineData(GitFault.Silent, true)]
    public async Task Push_whose_answer_does_not_come_is_in_doubt_and_git_settles_it(GitFault fault, bool arrives)
    {
        var store = _fixture.Open();
        var first = await FirstAsync(store);
        var commit = await _fixture.BuildAsync(store, first, ("b", "2"));
        Server.Fault = fault;
        var clock = Stopwatch.StartNew();

        (await store.PublishAsync(commit, first, None)).ShouldSatisfyAllConditions(
            result => result.Outcome.ShouldBe(PushOutcome.Unknown), result => result.IsInDoubt.ShouldBeTrue(),
            result => result.Message.ShouldStartWith("Cannot push to http://127.0.0.1:"));

        clock.Elapsed.ShouldBeLessThan(_fixture.Stores.Options.TransferLimit, "silence is noticed before that");
        Server.Fault = GitFault.None;
        (await store.TipAsync(None)).ShouldBe(arrives ? commit : first);
        (await store.PublishAsync(commit, first, None)).Outcome.ShouldBe(arrives ? PushOutcome.AlreadyThere : PushOutcome.Acknowledged);
        _fixture.Repo.Commits().ShouldBe(2);
        // Git sends nothing where it sees that all is there.
        (_fixture.Direct, _fixture.ByGit).ShouldBe((2, arrives ? 0 : 1));
    }

    [Fact]
    public async Task Git_pushes_for_ten_minutes_and_then_the_host_is_asked_anew()
    {
        var store = _fixture.Open();
        var from = await FirstAsync(store);
        Server.Fault = GitFault.CutRequest;
        var commit = await _fixture.BuildAsync(store, from, ("b", "2"));
        await store.PublishAsync(commit, from, None);
        Server.Fault = GitFault.None;

        // Another store in the same repository knows it as well.
        await PublishAsync(_fixture.Open());
        _fixture.Time.Pass(TimeSpan.FromSeconds(599));
        await PublishAsync(store);
        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((2, 2, 1));

        _fixture.Time.Pass(TimeSpan.FromSeconds(1));
        await PublishAsync(store);
        await PublishAsync(store);
        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((4, 2, 2));

        async Task PublishAsync(RemoteStore to)
        {
            var next = await _fixture.BuildAsync(to, from, ("c", $"{_fixture.Repo.Commits()}"));
            (await to.PublishAsync(next, from, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
            from = next;
        }
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(201)]
    [InlineData(301)]
    public async Task Status_that_is_no_answer_to_a_push_is_in_doubt_whatever_it_says(int status)
    {
        var store = _fixture.Open();
        var first = await FirstAsync(store);
        var commit = await _fixture.BuildAsync(store, first, ("b", "2"));
        var requests = Server.Requests;
        Server.InPlaceOfPush = response =>
        {
            response.StatusCode = status;
            if (status == 301) response.Headers.Location = Server.Url("elsewhere") + "/git-receive-pack";
        };

        var result = await store.PublishAsync(commit, first, None);

        (result.Outcome, result.IsInDoubt).ShouldBe((PushOutcome.Unknown, true));
        result.Message.ShouldEndWith($": The host answers {status}.");
        Server.Requests.ShouldBe(requests + 1, "nothing is sent twice, or elsewhere");
        Server.InPlaceOfPush = null;
        (await store.PublishAsync(commit, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        (_fixture.Direct, _fixture.ByGit).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData("text/html", "<html>Welcome</html>")]
    [InlineData("text/html", "002e\u0001000eunpack ok\n0017ok refs/heads/main\n00000000")]
    [InlineData("application/x-git-receive-pack-result", "")]
    [InlineData("application/x-git-receive-pack-result", "0000")]
    [InlineData("application/x-git-receive-pack-result", "<html>Welcome</html>")]
    [InlineData("application/x-git-receive-pack-result", "0013\u0001000eunpack ok\n0000")]
    public async Task Answer_that_is_none_is_in_doubt(string type, string body)
    {
        var store = _fixture.Open();
        var first = await FirstAsync(store);
        var commit = await _fixture.BuildAsync(store, first, ("b", "2"));
        Server.InPlaceOfPush = response =>
        {
            response.ContentType = type;
            response.Body.WriteAsync(Encoding.ASCII.GetBytes(body)).AsTask().Wait();
        };

        var result = await store.PublishAsync(commit, first, None);

        (result.Outcome, result.IsInDoubt).ShouldBe((PushOutcome.Unknown, true));
        Server.InPlaceOfPush = null;
        (await store.PublishAsync(commit, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-4)]
    [InlineData(-20)]
    [InlineData(3)]
    [InlineData(200_000_000)]
    public async Task Answer_that_is_cut_or_goes_on_is_in_doubt_although_the_push_arrived(int change)
    {
        var store = _fixture.Open();
        var first = await FirstAsync(store);
        var commit = await _fixture.BuildAsync(store, first, ("b", "2"));
        Server.Answer = answer => change < 0 ? answer[..^-change] : [.. answer, .. new byte[Math.Min(change, 2_000_000)]];

        var result = await store.PublishAsync(commit, first, None);

        (result.Outcome, result.IsInDoubt).ShouldBe((PushOutcome.Unknown, true));
        Server.Answer = null;
        (await store.TipAsync(None)).ShouldBe(commit);
        (await store.PublishAsync(commit, first, None)).Outcome.ShouldBe(PushOutcome.AlreadyThere);
    }

    [Theory]
    [InlineData(GitFault.Forbidden, PushOutcome.AuthenticationFailed)]
    [InlineData(GitFault.ServerError, PushOutcome.Unreachable)]
    [InlineData(GitFault.Redirect, PushOutcome.NotFound)]
    public async Task Host_that_does_not_say_what_it_can_do_is_left_to_git_at_once(GitFault fault, PushOutcome outcome)
    {
        var store = _fixture.Open();
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));
        Server.Fault = fault;

        var result = await store.PublishAsync(commit, null, None);

        (result.Outcome, result.IsInDoubt).ShouldBe((outcome, false));
        (_fixture.Direct, _fixture.Asked).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Repository_that_is_not_there_is_told_by_git()
    {
        var store = _fixture.Open();
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));
        Directory.Delete(_fixture.Repo.Path, recursive: true);

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.NotFound);
        _fixture.Direct.ShouldBe(0);
    }

    [Fact]
    public async Task Push_that_takes_longer_than_all_of_it_may_is_in_doubt()
    {
        await using var fixture = new DirectFixture(options => options with { SilenceLimit = TimeSpan.FromSeconds(60), TransferLimit = TimeSpan.FromSeconds(1) });
        var store = fixture.Open();
        var commit = await fixture.BuildAsync(store, null, ("a", "1"));
        fixture.Server.Fault = GitFault.Silent;

        var result = await store.PublishAsync(commit, null, None);

        (result.Outcome, result.IsInDoubt).ShouldBe((PushOutcome.Unknown, true));
        result.Message.ShouldContain("too long");
        fixture.Repo.Head().ShouldBe(commit);
    }

    [Fact]
    public async Task Push_that_is_cancelled_ends_as_one_and_says_nothing_of_the_host()
    {
        using var stop = new CancellationTokenSource();
        var store = _fixture.Open();
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));
        Server.Fault = GitFault.Silent;
        Server.AfterPush = stop.Cancel;

        await Should.ThrowAsync<OperationCanceledException>(() => store.PublishAsync(commit, null, stop.Token));

        (Server.Fault, Server.AfterPush) = (GitFault.None, null);
        var second = await _fixture.BuildAsync(store, commit, ("b", "2"));
        (await store.PublishAsync(second, commit, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        _fixture.Direct.ShouldBe(2);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>So that the host is known.</summary>
    private async Task<string> FirstAsync(RemoteStore store)
    {
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        return first;
    }
}
