using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Many branches in one request.</summary>
public sealed class DirectBranchesTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectFixture _fixture = new(options => options with { SilenceLimit = TimeSpan.FromSeconds(20) });

    private GitRepo Repo => _fixture.Repo;

    [Fact]
    public async Task Five_hundred_branches_move_in_one_request_but_for_those_that_are_refused()
    {
        Repo.Hook("update", "[ $1 = refs/heads/fleet/c2 ] && echo 'c2 is frozen' && exit 1; exit 0");
        var moves = await BuildAsync(RemoteStore.MostMoves + 1);
        var theirs = Repo.Commit("fleet/c1", "theirs", ("their.txt", "x"));

        var results = await moves.Store.PublishAsync(moves.Moves, None);

        results[1].Outcome.ShouldBe(PushOutcome.Stale, results[1].Message);
        results[2].Outcome.ShouldBe(PushOutcome.Declined);
        results[2].Message.ShouldContain("c2 is frozen");
        results.Where((_, i) => i is not (1 or 2)).ShouldAllBe(result => result.Outcome == PushOutcome.Acknowledged);
        Repo.Head("fleet/c1").ShouldBe(theirs);
        Repo.Head("fleet/c2").ShouldBeNull();
        var heads = Repo.In("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        moves.Moves.Where((_, i) => i is not (1 or 2)).ShouldAllBe(move => heads.Contains($"{move.Commit} {move.Branch}"));
        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((2, 0, 1));
    }

    [Fact]
    public async Task Branch_whose_name_is_taken_by_a_directory_is_declined_alone()
    {
        Repo.Commit("fleet/c0/x", "theirs", ("their.txt", "x"));
        var moves = await BuildAsync(2);

        (await moves.Store.PublishAsync(moves.Moves, None)).Select(result => result.Outcome).ShouldBe([PushOutcome.Declined, PushOutcome.Acknowledged]);

        _fixture.Direct.ShouldBe(1);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private async Task<(RemoteStore Store, BranchMove[] Moves)> BuildAsync(int count)
    {
        var store = _fixture.Open(branch: "fleet/{cluster}");
        var branches = Enumerable.Range(0, count).Select(i => $"fleet/c{i}").ToList();
        var commits = await _fixture.BuildAsync(store, [.. branches.Select(branch => StoreFixture.SpecOf(branch, null, ("a", branch)))]);
        return (store, [.. branches.Zip(commits, (branch, commit) => new BranchMove(branch, null, commit))]);
    }
}
