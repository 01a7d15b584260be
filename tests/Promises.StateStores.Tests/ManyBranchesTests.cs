using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A store that writes several branches of one repository.</summary>
public sealed class ManyBranchesTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Commits_of_several_branches_are_built_at_once_each_on_its_own_base(GitWriter writer)
    {
        var theirs = Repo.Commit("fleet/c1", "theirs", ("their.txt", "x"));
        var store = Open(writer);
        await store.TipsAsync(["fleet/c1", "fleet/c2"], None);
        var shared = "shared"u8.ToArray();

        var commits = await store.CommitAsync(
            [
                StoreFixture.SpecOf("fleet/c1", theirs) with { Changes = [new("a", shared), new("b", "1"u8.ToArray())] },
                StoreFixture.SpecOf("fleet/c2", null) with { Changes = [new("a", shared)] },
                StoreFixture.SpecOf("fleet/c3", theirs, ("their.txt", "x")),
            ], None);

        commits[2].ShouldBeNull("its files are those of its base");
        var results = await store.PublishAsync([new("fleet/c1", theirs, commits[0]!), new("fleet/c2", null, commits[1]!)], None);
        results.ShouldAllBe(result => result.Outcome == PushOutcome.Acknowledged);
        Repo.Files("fleet/c1").ShouldBe(["a", "b", "their.txt"]);
        Repo.In("rev-parse", "fleet/c1~1").Trim().ShouldBe(theirs);
        Repo.Files("fleet/c2").ShouldBe(["a"]);
        Repo.Commits("fleet/c2").ShouldBe(1);
        Repo.Head("fleet/c3").ShouldBeNull();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_branch_that_is_refused_does_not_hold_back_the_others(GitWriter writer)
    {
        Repo.Hook("update", "[ $1 = refs/heads/fleet/c2 ] && echo 'c2 is frozen' && exit 1; exit 0");
        var store = Open(writer);
        var moves = await BuildAsync(store, "c0", "c1", "c2", "c3");
        Repo.Commit("fleet/c1", "theirs", ("their.txt", "x"));

        var results = await store.PublishAsync(moves, None);

        results.Select(result => result.Outcome).ShouldBe([PushOutcome.Acknowledged, PushOutcome.Stale, PushOutcome.Declined, PushOutcome.Acknowledged]);
        results[2].Message.ShouldContain("c2 is frozen");
        Repo.Head("fleet/c3").ShouldBe(moves[3].Commit);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task More_branches_than_one_push_takes_are_several_pushes(GitWriter writer)
    {
        Repo.Hook("post-receive", $"echo x >> {_fixture["pushes"]}");
        var store = Open(writer);
        var moves = await BuildAsync(store, [.. Enumerable.Range(0, RemoteStore.MostMoves + 1).Select(i => $"c{i}")]);

        (await store.PublishAsync(moves, None)).ShouldAllBe(result => result.Outcome == PushOutcome.Acknowledged);

        Repo.In("for-each-ref", "refs/heads").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(RemoteStore.MostMoves + 1);
        File.ReadAllLines(_fixture["pushes"]).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_stopped_one_push_is_not_waited_for_again_with_the_next()
    {
        var store = Open();
        var moves = await BuildAsync(store, [.. Enumerable.Range(0, RemoteStore.MostMoves + 1).Select(i => $"c{i}")]);
        Directory.Delete(Repo.Path, recursive: true);

        var results = await store.PublishAsync(moves, None);

        results.Count.ShouldBe(moves.Length);
        results.ShouldAllBe(result => result.Outcome == PushOutcome.NotFound);
    }

    [Fact]
    public async Task Tips_are_asked_for_at_once_and_only_what_moved_is_fetched()
    {
        foreach (var i in Enumerable.Range(0, 60)) Repo.Commit($"fleet/c{i}", "theirs", ("file", $"{i}"));
        Repo.Commit("fleet/more/c1", "not ours", ("file", "x"));
        Repo.Commit("main", "not ours", ("file", "x"));
        var store = Open();
        string[] branches = [.. Enumerable.Range(0, 60).Select(i => $"fleet/c{i}"), "fleet/none"];

        (await store.TipsAsync(branches, None)).Count.ShouldBe(60);
        var moved = Repo.Commit("fleet/c7", "theirs", ("file", "moved"));
        var tips = await store.TipsAsync(branches, None);
        tips["fleet/c7"].ShouldBe(moved);
        tips.Keys.ShouldNotContain("fleet/none");
        (await store.TipsAsync(["fleet/c7"], None)).ShouldBe(new Dictionary<string, string> { ["fleet/c7"] = moved });
        (await store.ListAsync(moved, [], None)).Single().Path.ShouldBe("file");
    }

    [Fact]
    public async Task Trees_of_several_commits_are_listed_at_once()
    {
        var first = Repo.Commit("fleet/c1", "theirs", ("a/b.yaml", "1"), ("c d.yaml", "2"));
        var second = Repo.Commit("fleet/c2", "theirs", ("e", "3"));
        var same = Repo.Commit("fleet/c3", "theirs, with the same files", ("e", "3"));
        var none = Repo.Commit("fleet/c2", "nothing left", ("e", null));
        var store = Open();
        await store.TipsAsync(["fleet/c1", "fleet/c2", "fleet/c3"], None);

        var listed = await store.ListAsync([first, second, same, none, first], None);

        listed.Count.ShouldBe(4);
        listed[first].ShouldBe(await store.ListAsync(first, [], None));
        listed[first].Select(file => file.Path).ShouldBe(["a/b.yaml", "c d.yaml"]);
        listed[second].ShouldBe(listed[same]);
        listed[none].ShouldBeEmpty();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_lost_mirror_comes_back_with_all_branches(GitWriter writer)
    {
        var store = Open(writer);
        var moves = await BuildAsync(store, "c0", "c1");
        await store.PublishAsync(moves, None);
        Directory.Delete(Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).Single(), recursive: true);

        var commits = await Open(writer).CommitAsync([.. moves.Select(move => StoreFixture.SpecOf(move.Branch, move.Commit, ("more", "x")))], None);

        (await Open(writer).PublishAsync([.. moves.Zip(commits, (move, commit) => new BranchMove(move.Branch, move.Commit, commit!))], None))
            .ShouldAllBe(result => result.IsOnBranch);
        Repo.Commits("fleet/c1").ShouldBe(2);
    }

    [Theory]
    [InlineData("fleet/*", "fleet/c1", true)]
    [InlineData("fleet/*", "fleet/c1/x", false)]
    [InlineData("fleet/*", "fleet/", false)]
    [InlineData("*-live", "c1-live", true)]
    [InlineData("*-live", "-live", false)]
    [InlineData("main", "main", true)]
    [InlineData("main", "refs/heads/main", false)]
    public void A_pattern_fits_one_part_of_a_name(string pattern, string branch, bool fits) => RefNames.Fits(pattern, branch).ShouldBe(fits);

    public void Dispose() => _fixture.Dispose();

    private IStateStore Open(GitWriter writer = GitWriter.Git) => _fixture.File("fleet/{cluster}", writer);

    private static async Task<BranchMove[]> BuildAsync(IStateStore store, params string[] clusters)
    {
        var branches = clusters.Select(cluster => $"fleet/{cluster}").ToList();
        var commits = await store.CommitAsync([.. branches.Select(branch => StoreFixture.SpecOf(branch, null, ("a", branch)))], None);
        return [.. branches.Zip(commits, (branch, commit) => new BranchMove(branch, null, commit!))];
    }
}
