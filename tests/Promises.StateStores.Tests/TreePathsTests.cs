namespace Promises.StateStores.Tests;

public sealed class TreePathsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData(".git/config")]
    [InlineData("a/.GIT/config")]
    [InlineData("a/.git./x")]
    [InlineData("a/git~1/x")]
    [InlineData("a/.g\u200cit/x")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("\"a\"")]
    [InlineData("a/.git:$INDEX_ALLOCATION")]
    [InlineData("a/.git /x")]
    [InlineData("a/.git. ./x")]
    [InlineData("a/GIT~1")]
    [InlineData("a/...")]
    [InlineData("a/. /x")]
    [InlineData("a\rb")]
    [InlineData("a\tb")]
    [InlineData("a\u007fb")]
    public void A_path_made_by_hand_is_refused(string path)
    {
        TreePaths.IsPath(path).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => TreePaths.Require([new FileChange(path, new byte[1])]));
    }

    [Fact]
    public void A_path_that_is_no_text_is_refused()
    {
        // Attributes cannot hold these.
        TreePaths.IsPath("a\ud800").ShouldBeFalse();
        TreePaths.IsPath("a/\udc00/b").ShouldBeFalse();
    }

    [Fact]
    public void A_path_that_is_too_long_is_refused_by_its_bytes()
    {
        TreePaths.IsPath(new string('a', 256)).ShouldBeFalse();
        TreePaths.IsPath(new string('ü', 128)).ShouldBeFalse();
        TreePaths.Problem(Long(1025))!.ShouldContain("1025 bytes long, and 1024 are allowed");
    }

    /// <summary>So nothing that one placement brings makes git fail for all.</summary>
    [Fact]
    public async Task Whatever_is_taken_git_writes_as_it_stands()
    {
        string[] paths =
        [
            " a", "a ", "-a", "--", "#a", "a\"b", "a b/c d", "*", "$(a)", "~", "@{0}", "a.lock", ".gitmodules", ".gitignore", "x/.gitattributes", "..a", "a..", "HEAD",
            "M 100644 inline a", "done", "ü", "u\u0308", "A/b", "a/B", new('a', 255), new('ü', 127), Long(1024),
        ];
        using var fixture = new StoreFixture();
        var store = fixture.File();

        var commit = (await store.CommitAsync([StoreFixture.Spec(null, [.. paths.Select(path => (path, (string?)path))])], TestContext.Current.CancellationToken))[0]!;

        (await store.ListAsync(commit, [], TestContext.Current.CancellationToken)).Select(entry => entry.Path).Order(StringComparer.Ordinal).ShouldBe(paths.Order(StringComparer.Ordinal));
    }

    private static string Long(int length) => string.Concat(Enumerable.Repeat("abcdefghi/", length / 10)) + new string('x', length % 10);

    [Theory]
    [InlineData("README.md")]
    [InlineData("clusters/c1/placements/redis/00-namespace-_cluster-redis-1a2b3c4d.yaml")]
    [InlineData("a b/.gitignore")]
    [InlineData("ünïcode/x")]
    public void An_ordinary_path_is_taken(string path) => TreePaths.IsPath(path).ShouldBeTrue();

    [Fact]
    public void A_file_below_another_file_is_refused() =>
        Should.Throw<ArgumentException>(() => TreePaths.Require([new FileChange("a", new byte[1]), new FileChange("a/b/c", new byte[1])]));

    [Fact]
    public void A_file_that_becomes_a_directory_is_taken() =>
        TreePaths.Require([new FileChange("a", null), new FileChange("a/b", new byte[1])]);

    [Fact]
    public void A_path_that_stands_twice_is_refused() =>
        Should.Throw<ArgumentException>(() => TreePaths.Require([new FileChange("a", new byte[1]), new FileChange("a", null)]));

    [Fact]
    public void What_is_refused_leaves_nothing_behind()
    {
        var paths = new CommitPaths();
        paths.Take([new FileChange("a", null), new FileChange("x/y", new byte[1])]).ShouldBeNull();

        paths.Take([new FileChange("b/c", new byte[1]), new FileChange("a/d/e", new byte[1]), new FileChange("x", new byte[1])])
            .ShouldBe("The path x lies below, or above, another file of the commit.");

        paths.Take([new FileChange("a", null)]).ShouldBe("The path a stands twice in a commit.");
        paths.Take([new FileChange("b", new byte[1]), new FileChange("a/d", new byte[1]), new FileChange("b/c", null)]).ShouldBeNull();
        paths.Take([new FileChange("a/d/e", new byte[1])]).ShouldBe("The path a/d/e lies below, or above, another file of the commit.");
        paths.Take([new FileChange("x/y", null)]).ShouldBe("The path x/y stands twice in a commit.");
    }

    [Theory]
    [InlineData("main", true)]
    [InlineData("release/1.2", true)]
    [InlineData("-main", false)]
    [InlineData("a..b", false)]
    [InlineData("a.lock", false)]
    [InlineData("a/.b", false)]
    [InlineData("a b", false)]
    [InlineData("a~1", false)]
    [InlineData("a:b", false)]
    [InlineData("a@{1}", false)]
    [InlineData("a/", false)]
    public void A_branch_is_one_that_git_takes(string branch, bool taken) => RefNames.IsBranch(branch).ShouldBe(taken);
}
