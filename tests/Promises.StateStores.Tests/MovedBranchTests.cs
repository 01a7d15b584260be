using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A push to a branch that is not where it was, and reading what became of it.</summary>
public sealed class MovedBranchTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_branch_that_exists_is_not_created_again(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"));

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBe(theirs);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_branch_is_replaced_only_where_it_is_expected(GitWriter writer)
    {
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"));
        var store = _fixture.File(writer: writer);
        (await store.TipAsync(None)).ShouldBe(theirs);
        var first = await BuildAsync("1");
        (await store.PublishAsync([new BranchMove("side", theirs, first) { Expected = null }], None)).Single().Outcome.ShouldBe(PushOutcome.Acknowledged);

        var second = await BuildAsync("2");
        (await store.PublishAsync([new BranchMove("side", theirs, second)], None)).Single().Outcome.ShouldBe(PushOutcome.Stale);
        (await store.PublishAsync([new BranchMove("side", theirs, second) { Expected = first }], None)).Single().Outcome.ShouldBe(PushOutcome.Acknowledged);

        Repo.In("rev-parse", "side", "side~1").ShouldBe($"{second}\n{theirs}\n");
        var stranger = Repo.Commit("side", "a stranger's", ("b", "1"));
        (await store.PublishAsync([new BranchMove("side", theirs, first) { Expected = second }], None)).Single().Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head("side").ShouldBe(stranger);

        async Task<string> BuildAsync(string content) => (await store.CommitAsync(StoreFixture.Spec(theirs, ("a", content)) with { Branch = "side" }, None))!;
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_moved_branch_is_told_and_what_moved_can_be_read(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await store.WriteAsync(null, ("a", "1"), ("b", "1"));
        var theirs = Repo.Commit("main", "theirs", ("a", "2"), ("c", "3"), ("b", null));
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("d", "1")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
        (await store.TipAsync(None)).ShouldBe(theirs);
        (await store.IsAncestorAsync(first, theirs, None)).ShouldBeTrue();
        (await store.IsAncestorAsync(second, theirs, None)).ShouldBeFalse();
        var moved = await store.DiffAsync(first, theirs, None);
        moved.Select(change => change.Path).ShouldBe(["a", "b", "c"]);
        moved[1].After.ShouldBeNull();
        moved[2].Before.ShouldBeNull();
        (await store.ListAsync(theirs, ["c"], None)).Single().Id.ShouldBe(moved[2].After);

        await store.WriteAsync(theirs, ("d", "1"));
        Repo.Files().ShouldBe(["a", "c", "d"]);
    }

    [Fact]
    public async Task A_rewritten_branch_does_not_hold_what_was_acknowledged()
    {
        var store = _fixture.File();
        var first = await store.WriteAsync(null, ("a", "1"));
        Repo.In("update-ref", "-d", "refs/heads/main");
        var theirs = Repo.Commit("main", "new history", ("z", "1"));

        (await store.TipAsync(None)).ShouldBe(theirs);
        (await store.IsAncestorAsync(first, theirs, None)).ShouldBeFalse();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_deleted_branch_is_stale_and_then_missing(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await store.WriteAsync(null, ("a", "1"));
        Repo.In("update-ref", "-d", "refs/heads/main");
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBeNull();
        (await store.TipAsync(None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_race_lost_inside_the_server_is_stale()
    {
        var store = _fixture.File();
        var first = await store.WriteAsync(null, ("a", "1"));
        var theirs = Repo.Commit("side", "theirs", ("z", "1"));
        Repo.Hook("pre-receive", $"unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main {theirs}");
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
    }

    public void Dispose() => _fixture.Dispose();
}
