using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class RepositoryPathTests
{
    [Theory]
    [InlineData("clusters/a")]
    [InlineData("k8s")]
    [InlineData("a b/c~d/E_f.g+h=i@j,k")]
    [InlineData("..a/a..b")]
    [InlineData("console/auxiliary")]
    [InlineData("git/github")]
    public void Ordinary_path_is_taken(string path) => RepositoryPath.TryParse(path, out _, out _).ShouldBeTrue();

    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("C:")]
    [InlineData("a:b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\n")]
    [InlineData(".git")]
    [InlineData("a/.GIT/b")]
    [InlineData(".gitmodules")]
    [InlineData(".git/hooks")]
    [InlineData("git~1")]
    [InlineData("GIT~2/x")]
    [InlineData(".g\u200cit")]
    [InlineData("\u00e4")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData(" a")]
    [InlineData("-a")]
    [InlineData("nul")]
    [InlineData("a/CON/b")]
    [InlineData("com1.txt")]
    [InlineData("kustomization.yaml")]
    [InlineData("a/Kustomization")]
    [InlineData(".sourceignore")]
    [InlineData(".argocd-source")]
    [InlineData("a*")]
    public void Path_that_could_be_read_otherwise_is_refused(string path)
    {
        RepositoryPath.TryParse(path, out _, out var remedy).ShouldBeFalse();
        remedy.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Path_may_have_512_characters()
    {
        string Long(int length) => string.Join('/', Enumerable.Repeat(new string('a', 127), 5))[..length];
        RepositoryPath.TryParse(Long(512)[..511] + "a", out _, out _).ShouldBeTrue();
        RepositoryPath.TryParse(Long(512) + "a", out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(".", "")]
    [InlineData("/", "")]
    [InlineData("./a", "a")]
    [InlineData("/a//b/", "a/b")]
    public void Path_of_Kratix_is_joined_as_Kratix_joins_it(string text, string expected)
    {
        RepositoryPath.TryParseLoose(text, out var path, out _).ShouldBeTrue();
        path.ShouldBe(expected);
        RepositoryPath.TryParseLoose("a/../b", out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "A", true)]
    [InlineData("a/b", "a", true)]
    [InlineData("a", "a/b", true)]
    [InlineData("", "a", true)]
    [InlineData("a", "ab", false)]
    [InlineData("a/b", "a/c", false)]
    public void Nested_directories_overlap(string a, string b, bool overlap) => RepositoryPath.Overlaps(a, b).ShouldBe(overlap);
}
