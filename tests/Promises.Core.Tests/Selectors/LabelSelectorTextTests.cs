using Promises.Selectors;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Selectors;

public sealed class LabelSelectorTextTests
{
    [Theory]
    [InlineData("", "team=a", true)]
    [InlineData("", "", true)]
    [InlineData("team in (a,b),!edge", "team=a", true)]
    [InlineData("team in (a,b),!edge", "team=a,edge=", false)]
    [InlineData("team notin (a)", "", true)]
    [InlineData("team!=a", "", true)]
    [InlineData("team!=a", "team=a", false)]
    [InlineData("team", "team=", true)]
    [InlineData("team=", "team=", true)]
    [InlineData("team=", "", false)]
    [InlineData("x>1", "x=2", true)]
    [InlineData("x>1", "x=1", false)]
    [InlineData("x>1", "x=abc", false)]
    [InlineData("x>1", "", false)]
    [InlineData("x<5", "x=4", true)]
    [InlineData("x<5", "x=5", false)]
    [InlineData("x<5", "x=abc", false)]
    [InlineData("x notin ()", "x=", false)]
    [InlineData("x notin ()", "x=a", true)]
    [InlineData("x notin ()", "", true)]
    [InlineData("notin=in", "notin=in", true)]
    [InlineData("in in (in)", "in=in", true)]
    [InlineData("x in (a,)", "x=", true)]
    [InlineData("x in (,a)", "x=", true)]
    [InlineData("x in (a,,b)", "x=", true)]
    [InlineData("a=1,a=2", "a=1", false)]
    [InlineData(" team \t=\r\n a ", "team=a", true)]
    [InlineData("team==a", "team=a", true)]
    [InlineData("Team=a", "team=a", false)]
    [InlineData("example.com/team=a", "example.com/team=a", true)]
    public void Query_when_labels_are_given_matches_as_Kubernetes_does(string text, string labels, bool matches)
    {
        LabelSelectorText.TryParse(text, out var query, out var error).ShouldBeTrue(error);
        query!.Matches(Labels(labels)).ShouldBe(matches);
    }

    [Theory]
    [InlineData("!x=a")]
    [InlineData("!x in (a)")]
    [InlineData("x==a==b")]
    [InlineData("x=a||y=b")]
    [InlineData("x=a,")]
    [InlineData("x<a")]
    [InlineData("x>=1")]
    [InlineData("x>")]
    [InlineData(",x")]
    [InlineData("x in a")]
    [InlineData("x in (a")]
    [InlineData("x in (a b)")]
    [InlineData("x y")]
    [InlineData("-x")]
    [InlineData("a/b/c")]
    [InlineData("x=-a")]
    [InlineData("x=\0")]
    [InlineData("(x)")]
    [InlineData("x>9223372036854775808")]
    public void Query_when_it_is_not_well_formed_is_refused(string text)
    {
        LabelSelectorText.TryParse(text, out var query, out var error).ShouldBeFalse();
        query.ShouldBeNull();
        error.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("b , a in ( z,y ),!c,d!=1,e notin (2,1),f>3,g==4,h=", "a in (y,z),b,!c,d!=1,e notin (1,2),f>3,g=4,h=")]
    [InlineData("x in (a)", "x=a")]
    public void Text_when_it_is_canonical_sorts_keys_and_values(string text, string canonical)
    {
        LabelSelectorText.TryParse(text, out var query, out _).ShouldBeTrue();
        query!.ToString().ShouldBe(canonical);
        LabelSelectorText.TryParse(canonical, out var again, out _).ShouldBeTrue();
        again!.ToString().ShouldBe(canonical);
    }
}
