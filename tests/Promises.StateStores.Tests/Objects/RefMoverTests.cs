using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class RefMoverTests : IDisposable
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();
    private readonly StartedGits _gits = new();

    private GitRepo Repo => _fixture.Repo;

    private string Lock => Path.Combine(Repo.Path, "refs/heads/main.lock");

    [Fact]
    public async Task A_branch_that_is_where_it_should_be_is_moved_without_git()
    {
        var (first, second) = Commits();

        (await MoveAsync(first, second)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        _gits.Take().ShouldBeEmpty();
        Repo.Head().ShouldBe(second);
        File.Exists(Lock).ShouldBeFalse();
        Repo.In("fsck", "--strict").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_branch_that_others_have_moved_stays_where_they_left_it()
    {
        var (first, second) = Commits();
        var theirs = Repo.Commit("main", "theirs", ("b", "1"));

        (await MoveAsync(first, second)).Outcome.ShouldBe(PushOutcome.Stale);

        Repo.Head().ShouldBe(theirs);
        File.Exists(Lock).ShouldBeFalse();
    }

    [Fact]
    public async Task A_branch_that_somebody_is_moving_is_left_alone()
    {
        var (first, second) = Commits();
        File.WriteAllText(Lock, "");

        (await MoveAsync(first, second)).Outcome.ShouldBe(PushOutcome.Failed);

        Repo.Head().ShouldBe(first);
        File.Exists(Lock).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_plain_is_left_to_git()
    {
        var (first, second) = Commits();
        Repo.In("pack-refs", "--all");
        (await MoveAsync(first, second)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        _gits.Take().ShouldBe(["update-ref"], "the branch is packed");

        var third = Repo.In("-c", "user.name=S", "-c", "user.email=s@x", "commit-tree", $"{second}^{{tree}}", "-p", second, "-m", "x").Trim();
        Repo.In("repack", "-a", "-d", "-q");
        Repo.In("update-ref", "refs/heads/third", third);
        Repo.In("repack", "-a", "-d", "-q");
        (await MoveAsync(second, third)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        _gits.Take().ShouldBe(["update-ref"], "the commit is packed, so git looks whether it is there");
        Repo.Head().ShouldBe(third);

        (await MoveAsync(third, new string('1', 40))).Outcome.ShouldBe(PushOutcome.Failed);
        Repo.Head().ShouldBe(third);
    }

    public void Dispose()
    {
        _gits.Dispose();
        _fixture.Dispose();
    }

    /// <summary>One that the branch is at, and one that it could be at.</summary>
    private (string First, string Second) Commits()
    {
        var first = Repo.Commit("main", "first", ("a", "1"));
        var second = Repo.Commit("main", "second", ("a", "2"));
        Repo.In("update-ref", "refs/heads/main", first);
        return (first, second);
    }

    private Task<PushResult> MoveAsync(string from, string to) =>
        new RefMover(new Repository(Repo.Path, new GitProcess(_fixture.Options, TimeProvider.System)), GitWriter.Direct).MoveAsync(new BranchMove("main", from, to), None);
}
