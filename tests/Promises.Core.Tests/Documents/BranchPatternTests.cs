using Promises.Model;

namespace Promises.Core.Tests.Documents;

public class BranchPatternTests
{
    [Theory]
    [InlineData("main", "c1", "main")]
    [InlineData("fleet/{cluster}", "c1", "fleet/c1")]
    [InlineData("{cluster}-live", "c1", "c1-live")]
    public void Cluster_has_the_branch_that_the_pattern_gives(string pattern, string cluster, string branch) => BranchPattern.Of(pattern, cluster).ShouldBe(branch);

    [Theory]
    [InlineData("fleet/{cluster}", "fleet/c1", "c1")]
    [InlineData("{cluster}-live", "c1-live", "c1")]
    [InlineData("{cluster}-live", "-live", null)]
    [InlineData("fleet/{cluster}", "other/c1", null)]
    [InlineData("a{cluster}a", "a", null)]
    [InlineData("main", "main", null)]
    public void Branch_of_a_cluster_tells_which(string pattern, string branch, string? cluster) => BranchPattern.ClusterOf(pattern, branch).ShouldBe(cluster);
}
