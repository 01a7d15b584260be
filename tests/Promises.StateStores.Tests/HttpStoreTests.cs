using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class HttpStoreTests : IAsyncDisposable
{
    private const string Token = "s3cret/of+the=host";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();
    private readonly GitHttpServer _server;

    public HttpStoreTests() => _server = new GitHttpServer(_fixture.RemoteRoot);

    [Fact]
    public async Task A_token_opens_the_repository()
    {
        _server.Token = Token;
        _fixture.Credential = new GitToken("x", Token);
        var store = _fixture.Http(_server, credential: true);

        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        _fixture.Repo.Commit("main", "theirs", ("b", "2"));
        (await store.TipAsync(None)).ShouldBe(_fixture.Repo.Head());
    }

    [Fact]
    public async Task A_wrong_or_missing_token_is_an_authentication_failure_without_the_token_in_it()
    {
        _server.Token = Token;
        _fixture.Credential = new GitToken("x", "another-s3cret");

        var wrong = await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(_server, credential: true).TipAsync(None));
        wrong.Fault.ShouldBe(StoreFault.AuthenticationFailed);
        wrong.Message.ShouldNotContain("s3cret");
        (await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(_server).TipAsync(None))).Fault.ShouldBe(StoreFault.AuthenticationFailed);
    }

    [Fact]
    public async Task A_token_that_is_withdrawn_before_the_push_is_told()
    {
        var store = _fixture.Http(_server);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Token = Token;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.AuthenticationFailed);
        _server.Token = null;
        _server.Fault = GitFault.Forbidden;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.AuthenticationFailed);
    }

    [Fact]
    public async Task A_lost_answer_is_unknown_and_the_same_commit_settles_it()
    {
        var store = _fixture.Http(_server);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.DropAnswer;

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Unknown);

        _server.Fault = GitFault.None;
        (await store.TipAsync(None)).ShouldBe(commit);
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.AlreadyThere);
        _fixture.Repo.Commits().ShouldBe(1);
    }

    [Theory]
    [InlineData(GitFault.None)]
    [InlineData(GitFault.Forbidden)]
    [InlineData(GitFault.ServerError)]
    [InlineData(GitFault.None, "expired")]
    public async Task What_the_second_request_of_a_lost_push_is_told_leaves_it_in_doubt(GitFault next, string? expired = null)
    {
        _server.Token = Token;
        _fixture.Credential = new GitToken("x", Token);
        var store = _fixture.Http(_server, credential: true);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.DropAnswer;
        _server.AfterPush = () => (_server.Fault, _server.Token) = (next, expired ?? Token);

        var result = await store.PublishAsync(commit, null, None);

        _fixture.Repo.Head().ShouldBe(commit);
        (result.IsOnBranch || result.IsInDoubt).ShouldBeTrue(result.ToString());
    }

    [Fact]
    public async Task A_request_cut_in_half_is_unknown_too_but_nothing_happened()
    {
        var store = _fixture.Http(_server);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.CutRequest;

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Unknown);

        _server.Fault = GitFault.None;
        (await store.TipAsync(None)).ShouldBeNull();
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task A_silent_server_runs_into_the_time_limit_and_no_process_is_left()
    {
        var provider = _fixture.Create(_fixture.Options with { SilenceLimit = TimeSpan.FromSeconds(60), TransferLimit = TimeSpan.FromSeconds(1.5) });
        var store = provider.OpenRemote("app", _server.Url("app"), "main", null);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.Silent;

        var result = await store.PublishAsync(commit, null, None);

        result.Outcome.ShouldBe(PushOutcome.Unknown);
        result.Message.ShouldContain("too long");
        RunningProcesses.With(_server.Url("app")).ShouldBeEmpty();
        _fixture.Repo.Head().ShouldBe(commit);
    }

    [Fact]
    public async Task Curl_gives_up_on_silence_before_the_time_limit()
    {
        var store = _fixture.Http(_server);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.Silent;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Unknown);
    }

    [Fact]
    public async Task A_cancelled_push_leaves_no_process()
    {
        using var stop = new CancellationTokenSource();
        var store = _fixture.Http(_server);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        _server.Fault = GitFault.Silent;
        _server.BeforePush = stop.Cancel;

        await Should.ThrowAsync<OperationCanceledException>(() => store.PublishAsync(commit, null, stop.Token));

        RunningProcesses.With(_server.Url("app")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failing_server_is_unreachable_after_a_few_tries()
    {
        _server.Fault = GitFault.ServerError;
        (await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(_server).TipAsync(None))).Fault.ShouldBe(StoreFault.Unreachable);
        _server.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _server.Fault = GitFault.Redirect;
        var failure = await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(_server).TipAsync(None));
        failure.Fault.ShouldBe(StoreFault.NotFound);
        _server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_repository_is_not_found()
    {
        var store = _fixture.Provider.OpenRemote("app", _server.Url("nowhere"), "main", null);
        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.NotFound);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        await _server.DisposeAsync();
        var failure = await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(_server).TipAsync(None));
        failure.Fault.ShouldBe(StoreFault.Unreachable);
        failure.Message.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task The_token_is_in_no_argument_of_any_process()
    {
        _server.Token = Token;
        _fixture.Credential = new GitToken("x", Token);
        var store = _fixture.Http(_server, credential: true);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        var seen = new List<string>();
        _server.BeforePush = () => seen.AddRange(RunningProcesses.All().Select(process => process.Command));

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        seen.ShouldContain(line => line.Contains(_server.Url("app"), StringComparison.Ordinal));
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"x:{Token}"));
        seen.ShouldAllBe(line => !line.Contains(Token, StringComparison.Ordinal) && !line.Contains(basic, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _fixture.Dispose();
    }
}
