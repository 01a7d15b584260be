using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class BranchNameTests
{
    [Theory]
    [InlineData("main")]
    [InlineData("release/1.2-x_y")]
    [InlineData("fleet/{cluster}")]
    [InlineData("{cluster}")]
    [InlineData("a-{cluster}.b/live")]
    public void Ordinary_branch_is_taken(string branch) => BranchName.IsAllowed(branch, out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("-main")]
    [InlineData("--upload-pack=x")]
    [InlineData("a..b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData(".a")]
    [InlineData("a/.b")]
    [InlineData("a.")]
    [InlineData("a.lock")]
    [InlineData("a.lock/b")]
    [InlineData("a@{1}")]
    [InlineData("@")]
    [InlineData("a b")]
    [InlineData("a~1")]
    [InlineData("a^")]
    [InlineData("a:b")]
    [InlineData("a\n")]
    [InlineData("\u00e4")]
    [InlineData("HEAD")]
    [InlineData("refs/heads/main")]
    [InlineData("refs/{cluster}")]
    [InlineData("{cluster}/{cluster}")]
    [InlineData("{environment}")]
    [InlineData("{cluster}{")]
    [InlineData("{Cluster}")]
    [InlineData("{cluster}.lock")]
    [InlineData("-{cluster}")]
    [InlineData(".{cluster}")]
    [InlineData("fleet/{cluster}.")]
    public void Branch_that_could_be_read_otherwise_is_refused(string branch)
    {
        BranchName.IsAllowed(branch, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Branch_may_have_100_characters()
    {
        BranchName.IsAllowed(new string('a', 100), out _).ShouldBeTrue();
        BranchName.IsAllowed(new string('a', 101), out _).ShouldBeFalse();
    }
}
