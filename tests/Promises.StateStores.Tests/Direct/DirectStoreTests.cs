using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Pushes without git, to a host that answers.</summary>
public sealed class DirectStoreTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Fact]
    public async Task Branch_is_made_and_moved_without_git_and_the_host_is_asked_once_what_it_can_do()
    {
        var store = _fixture.Open();
        var first = await _fixture.BuildAsync(store, null, ("a", "1"), ("b", "2"));
        (await store.PublishAsync(first, null, None)).ShouldBe(new PushResult(PushOutcome.Acknowledged, ""));
        Repo.Head().ShouldBe(first);

        // Only deletions: no blob goes along.
        var second = await _fixture.BuildAsync(store, first, ("b", null));
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        Repo.Head().ShouldBe(second);
        Repo.Files().ShouldBe(["a"]);
        Repo.In("fsck", "--strict", "--full");
        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((2, 0, 1));
    }

    [Fact]
    public async Task What_is_pushed_without_git_is_built_upon_with_git_and_the_other_way_round()
    {
        var (direct, git) = (_fixture.Open(), _fixture.Stores.Http(_fixture.Server));
        var first = await _fixture.BuildAsync(direct, null, ("a", "1"));
        await direct.PublishAsync(first, null, None);
        (await git.TipAsync(None)).ShouldBe(first);
        var second = (await git.CommitAsync(StoreFixture.Spec(first, ("b", "2")), None))!;
        (await git.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        (await direct.TipAsync(None)).ShouldBe(second);
        var third = await _fixture.BuildAsync(direct, second, ("c", "3"));
        (await direct.PublishAsync(third, second, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        (await direct.TipAsync(None)).ShouldBe(third);
        (await direct.ListAsync(third, [], None)).Select(file => file.Path).ShouldBe(["a", "b", "c"]);
        (_fixture.Direct, _fixture.ByGit).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Commit_whose_objects_are_not_at_hand_is_pushed_by_git()
    {
        var commit = await _fixture.BuildAsync(_fixture.Open(), null, ("a", "1"));

        // As after a restart.
        (await _fixture.Open().PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        (_fixture.Direct, _fixture.ByGit).ShouldBe((0, 1));
    }

    [Fact]
    public async Task Branch_that_was_moved_deleted_or_made_by_somebody_else_is_stale_and_stays_theirs()
    {
        var first = Repo.Commit("main", "theirs", ("a", "1"));
        var store = _fixture.Open();
        await store.TipAsync(None);
        var ours = await _fixture.BuildAsync(store, first, ("b", "2"));
        var theirs = Repo.Commit("main", "theirs", ("c", "3"));

        (await store.PublishAsync(ours, first, None)).ShouldSatisfyAllConditions(
            moved => moved.Outcome.ShouldBe(PushOutcome.Stale), moved => moved.IsInDoubt.ShouldBeTrue());
        Repo.Head().ShouldBe(theirs);

        var made = await _fixture.BuildAsync(store, null, ("b", "2"));
        (await store.PublishAsync(made, null, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBe(theirs);

        Repo.In("update-ref", "-d", "refs/heads/main");
        (await store.PublishAsync(ours, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBeNull();
        (_fixture.Direct, _fixture.ByGit).ShouldBe((3, 0));
    }

    [Fact]
    public async Task What_is_replaced_may_lose_its_history_if_it_is_what_we_know()
    {
        var store = _fixture.Open();
        var commits = new List<string>();
        foreach (var content in (string[])["1", "2", "3"]) commits.Add(await _fixture.BuildAsync(store, null, ("a", content)));
        await store.PublishAsync(commits[0], null, None);

        (await store.PublishAsync([new BranchMove("main", null, commits[1]) { Expected = commits[0] }], None)).Single().Outcome.ShouldBe(PushOutcome.Acknowledged);
        (await store.PublishAsync([new BranchMove("main", null, commits[2]) { Expected = commits[0] }], None)).Single().Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBe(commits[1]);

        Repo.In("config", "receive.denyNonFastForwards", "true");
        var denied = (await store.PublishAsync([new BranchMove("main", null, commits[2]) { Expected = commits[1] }], None)).Single();
        denied.Outcome.ShouldBe(PushOutcome.Declined);
        denied.Message.ShouldContain("[remote rejected] (non-fast-forward)");
        (_fixture.Direct, _fixture.ByGit).ShouldBe((4, 0));
    }

    [Fact]
    public async Task Commit_that_does_not_build_on_what_is_expected_is_never_sent_like_this()
    {
        var store = _fixture.Open();
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        await store.PublishAsync(first, null, None);
        var unrelated = await _fixture.BuildAsync(store, null, ("b", "2"));

        await store.PublishAsync(unrelated, first, None);

        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("pre-receive", "echo 'frozen until Monday' >&2; exit 1", "[remote rejected] (pre-receive hook declined): frozen until Monday")]
    [InlineData("update", "echo 'frozen until Monday'; exit 1", "[remote rejected] (hook declined): frozen until Monday; error: hook declined to update refs/heads/main")]
    public async Task Hook_that_declines_is_quoted_as_git_quotes_it(string hook, string script, string message)
    {
        Repo.Hook(hook, script);

        var direct = await _fixture.PushAsync(null, ("a", "1"));
        var git = _fixture.Stores.Http(_fixture.Server);
        var byGit = await git.PublishAsync((await git.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!, null, None);

        direct.Outcome.ShouldBe(PushOutcome.Declined);
        direct.Message.ShouldContain(message);
        direct.ShouldBe(byGit);
        Repo.Head().ShouldBeNull();
        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Words_of_a_hook_that_accepts_do_no_harm()
    {
        Repo.Hook("pre-receive", "i=0; while [ $i -lt 5000 ]; do echo \"line $i of what nobody reads\" >&2; i=$((i+1)); done");
        Repo.Hook("post-receive", "echo done >&2; exit 1");

        (await _fixture.PushAsync(null, ("a", "1"))).ShouldBe(new PushResult(PushOutcome.Acknowledged, ""));
    }

    [Fact]
    public async Task Pack_that_the_host_refuses_is_left_to_git_which_is_told_the_same()
    {
        Repo.In("config", "receive.fsckObjects", "true");
        var store = _fixture.Open();
        var commit = await _fixture.BuildAsync(store, null, (".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=x\n"));

        var direct = await store.PublishAsync(commit, null, None);
        direct.ShouldSatisfyAllConditions(
            it => it.Outcome.ShouldBe(PushOutcome.Unknown), it => it.IsInDoubt.ShouldBeTrue(), it => it.Message.ShouldContain("gitmodulesUrl"));
        var byGit = await store.PublishAsync(commit, null, None);
        byGit.ShouldSatisfyAllConditions(it => it.Outcome.ShouldBe(PushOutcome.Declined), it => it.Message.ShouldContain("gitmodulesUrl"));

        Repo.Head().ShouldBeNull();
        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Object_that_is_missing_in_the_pack_is_noticed_by_the_host_and_git_brings_it()
    {
        var store = _fixture.Open();
        var spec = StoreFixture.Spec(null, ("a", "1"));
        var commit = (await store.CommitAsync(spec, None))!;
        store.Built.Add(commit, [.. _fixture.Objects(spec, commit).Where(one => one.Type != GitObjectType.Blob)]);

        var direct = await store.PublishAsync(commit, null, None);
        direct.Outcome.ShouldBe(PushOutcome.Unknown);
        direct.IsInDoubt.ShouldBeTrue();
        Repo.Head().ShouldBeNull();

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        Repo.Show("a").ShouldBe("1");
        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 1));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
