using Promises.Model;

namespace Promises.StateStores.Tests;

public sealed class TreeListerTests : IDisposable
{
    private const int Bases = 40;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Paths_are_listed_as_git_lists_them(int seed)
    {
        var random = new Random(seed);
        var files = new RandomFiles(random);
        RandomFiles.Import(_fixture.Repo, files.Bases(Bases));
        var (ours, git) = (Lister(GitWriter.Direct, new ObjectCache(20_000)), Lister(GitWriter.Git, new ObjectCache(0)));
        using var gits = new StartedGits();
        var listed = 0;
        for (var round = 0; round < 150; round++)
        {
            var commit = _fixture.Repo.Head($"b{random.Next(Bases)}")!;
            List<string> paths = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => files.Path()).Distinct(StringComparer.Ordinal)];

            var found = await ours.ListAsync(commit, paths, None);

            found.OrderBy(entry => entry.Path, StringComparer.Ordinal)
                .ShouldBe((await git.ListAsync(commit, paths, None)).OrderBy(entry => entry.Path, StringComparer.Ordinal), $"seed {seed}, round {round}: {string.Join(", ", paths)}");
            listed += found.Count;
        }

        listed.ShouldBeGreaterThan(150);
        gits.Take().ShouldNotContain("fallback: list");
    }

    [Fact]
    public async Task Trees_that_were_read_before_are_not_asked_for_again()
    {
        var first = _fixture.Repo.Commit("main", "first", ("a/b/c", "1"), ("d/e", "1"));
        var second = _fixture.Repo.Commit("main", "second", ("a/b/c", "2"));
        var lister = Lister(GitWriter.Direct, new ObjectCache(20_000));
        using var gits = new StartedGits();

        (await lister.ListAsync(first, ["a/b", "d"], None)).Select(entry => entry.Path).ShouldBe(["a/b/c", "d/e"], ignoreOrder: true);
        gits.Take().ShouldBe(["cat-file"]);
        await lister.ListAsync(first, ["a", "d/e"], None);
        gits.Take().ShouldBeEmpty();
        await lister.ListAsync(second, ["d"], None);
        gits.Take().ShouldBe(["cat-file"], "the commit and its root are new");
    }

    [Fact]
    public async Task A_tree_that_git_would_not_write_today_is_left_to_git()
    {
        var file = _fixture.Repo.In("rev-parse", $"{_fixture.Repo.Commit("main", "theirs", ("a/b", "1"))}:a").Trim();
        File.WriteAllBytes(_fixture["tree"], [.. "040000 a\0"u8, .. Convert.FromHexString(file)]);
        var tree = _fixture.Repo.In("hash-object", "-t", "tree", "-w", "--literally", _fixture["tree"]).Trim();
        var commit = _fixture.Repo.In("-c", "user.name=S", "-c", "user.email=s@x", "commit-tree", tree, "-m", "x").Trim();
        using var gits = new StartedGits();

        (await Lister(GitWriter.Direct, new ObjectCache(0)).ListAsync(commit, ["a"], None)).Select(entry => entry.Path).ShouldBe(["a/b"]);

        gits.Take().ShouldContain("fallback: list");
    }

    [Fact]
    public async Task A_commit_that_is_not_there_is_a_damage()
    {
        _fixture.Repo.Commit("main", "first", ("a", "1"));
        var missing = await Should.ThrowAsync<StateStoreException>(() => Lister(GitWriter.Direct, new ObjectCache(0)).ListAsync(new string('1', 40), ["a"], None));
        missing.Fault.ShouldBe(StoreFault.MirrorDamaged);
    }

    public void Dispose() => _fixture.Dispose();

    private TreeLister Lister(GitWriter writer, ObjectCache cache)
    {
        var git = new GitProcess(_fixture.Options, TimeProvider.System);
        return new TreeLister(new Repository(_fixture.Repo.Path, git), git, cache, writer);
    }
}
