using Promises.Selectors;
using static Promises.Core.Tests.Scheduling.FleetBuilder;

namespace Promises.Core.Tests.Selectors;

public sealed class LabelSelectorsTests
{
    [Fact]
    public void Selector_when_it_is_absent_matches_nothing_and_when_empty_everything()
    {
        LabelSelectors.Matches(null, Labels("a=1")).ShouldBeFalse();
        LabelSelectors.Matches(Selector(""), Labels("")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(SelectorOperator.In, "a,b", "x=a", true)]
    [InlineData(SelectorOperator.In, "a,b", "x=c", false)]
    [InlineData(SelectorOperator.In, "a", "", false)]
    [InlineData(SelectorOperator.NotIn, "a", "", true)]
    [InlineData(SelectorOperator.NotIn, "a", "x=a", false)]
    [InlineData(SelectorOperator.NotIn, "a", "x=A", true)]
    [InlineData(SelectorOperator.Exists, "", "x=", true)]
    [InlineData(SelectorOperator.Exists, "", "", false)]
    [InlineData(SelectorOperator.DoesNotExist, "", "", true)]
    [InlineData(SelectorOperator.DoesNotExist, "", "x=", false)]
    public void Expression_when_labels_are_given_holds_as_in_Kubernetes(SelectorOperator @operator, string values, string labels, bool holds) =>
        LabelSelectors.Matches(Selector("", new Requirement("x", @operator, values.Split(',', StringSplitOptions.RemoveEmptyEntries))), Labels(labels)).ShouldBe(holds);

    [Fact]
    public void Explanation_when_asked_for_tells_what_was_found_for_each_condition()
    {
        var clauses = LabelSelectors.Explain(Selector("team=A", new Requirement("edge", SelectorOperator.DoesNotExist, [])), Labels("team=B"));
        clauses.Select(clause => (clause.Text, clause.Operator, clause.Found, clause.Passed)).ShouldBe(
            [("team=A", SelectorOperator.In, "B", false), ("!edge", SelectorOperator.DoesNotExist, null, true)]);
    }

    [Theory]
    [InlineData("team", true)]
    [InlineData("example.com/Team_1.x-y", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("/team", false)]
    [InlineData("example.com/", false)]
    [InlineData("Example.com/team", false)]
    [InlineData("a/b/c", false)]
    [InlineData("team!", false)]
    [InlineData("team\n", false)]
    [InlineData("tëam", false)]
    [InlineData("-team", false)]
    public void Key_when_judged_follows_Kubernetes(string key, bool valid) => LabelRules.IsKey(key).ShouldBe(valid);

    [Fact]
    public void Lengths_when_at_the_limit_pass_and_beyond_do_not()
    {
        LabelRules.IsValue("").ShouldBeTrue();
        LabelRules.IsValue(new string('a', 63)).ShouldBeTrue();
        LabelRules.IsValue(new string('a', 64)).ShouldBeFalse();
        LabelRules.IsName(new string('a', 63)).ShouldBeTrue();
        LabelRules.IsName(new string('a', 64)).ShouldBeFalse();
        LabelRules.IsName("A").ShouldBeFalse();
        LabelRules.IsKey($"{new string('a', 253)}/{new string('b', 63)}").ShouldBeTrue();
        LabelRules.IsKey($"{new string('a', 254)}/b").ShouldBeFalse();
    }
}
