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
    public void A_path_made_by_hand_is_refused(string path)
    {
        TreePaths.IsPath(path).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => TreePaths.Require([new FileChange(path, new byte[1])]));
    }

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
