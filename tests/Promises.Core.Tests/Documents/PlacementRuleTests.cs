using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Core.Tests.Documents;

public class PlacementRuleTests
{
    private const string Selector = "/spec/placement/clusterSelector";

    [Theory]
    [InlineData("""{}""", "/spec/placement", "placement-missing")]
    [InlineData("""null""", "/spec/placement", "placement-missing")]
    [InlineData("""{"allClusters": false, "onlyIncluded": false}""", "/spec/placement", "placement-missing")]
    [InlineData("""{"clusterSelector": null}""", "/spec/placement", "placement-missing")]
    [InlineData("""{"allClusters": true, "onlyIncluded": true}""", "/spec/placement", "placement-ambiguous")]
    [InlineData("""{"allClusters": true, "clusterSelector": {"matchLabels": {"a": "b"}}}""", "/spec/placement", "placement-ambiguous")]
    [InlineData("""{"allClusters": true, "clusterSelector": {}}""", "/spec/placement", "placement-ambiguous")]
    [InlineData("""[]""", "/spec/placement", "wrong-type")]
    [InlineData("""{"allClusters": "true"}""", "/spec/placement/allClusters", "wrong-type")]
    [InlineData("""{"allCluster": true}""", "/spec/placement/allCluster", "unknown-field")]
    [InlineData("""{"clusterSelector": "team=A"}""", Selector, "wrong-type")]
    [InlineData("""{"clusterSelector": {}}""", Selector, "empty-selector")]
    [InlineData("""{"clusterSelector": {"matchLabels": {}, "matchExpressions": []}}""", Selector, "empty-selector")]
    [InlineData("""{"clusterSelector": {"matchLabels": {"a": null}}}""", Selector, "empty-selector")]
    [InlineData("""{"clusterSelector": {"team": "A"}}""", Selector + "/team", "unknown-field")]
    [InlineData("""{"clusterSelector": {"matchLabels": {"no good": "A"}}}""", Selector + "/matchLabels/no good", "label-key")]
    [InlineData("""{"clusterSelector": {"matchLabels": {"team": "no good"}}}""", Selector + "/matchLabels/team", "label-value")]
    [InlineData("""{"clusterSelector": {"matchLabels": {"on": true}}}""", Selector + "/matchLabels/on", "wrong-type")]
    [InlineData("""{"clusterSelector": {"matchExpressions": {}}}""", Selector + "/matchExpressions", "wrong-type")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"operator": "Exists"}]}}""", Selector + "/matchExpressions/0/key", "required")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a"}]}}""", Selector + "/matchExpressions/0/operator", "required")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]}}""", Selector + "/matchExpressions/0/operator", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}}""", Selector + "/matchExpressions/0/operator", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "Lt", "values": ["1"]}]}}""", Selector + "/matchExpressions/0/operator", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}""", Selector + "/matchExpressions/0/values", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": []}]}}""", Selector + "/matchExpressions/0/values", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}}""", Selector + "/matchExpressions/0/values", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "DoesNotExist", "values": ["b"]}]}}""", Selector + "/matchExpressions/0/values", "selector")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": "b"}]}}""", Selector + "/matchExpressions/0/values", "wrong-type")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": [1]}]}}""", Selector + "/matchExpressions/0/values/0", "wrong-type")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "-"]}]}}""", Selector + "/matchExpressions/0/values/1", "label-value")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "/a", "operator": "Exists"}]}}""", Selector + "/matchExpressions/0/key", "label-key")]
    [InlineData("""{"clusterSelector": {"matchExpressions": [{"key": "a", "operator": "Exists", "value": "b"}]}}""", Selector + "/matchExpressions/0/value", "unknown-field")]
    [InlineData("""{"allClusters": true, "onUnmatch": "Keep"}""", "/spec/placement/onUnmatch", "enum")]
    [InlineData("""{"allClusters": true, "tolerations": [{}]}""", "/spec/placement/tolerations/0/key", "required")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "no good"}]}""", "/spec/placement/tolerations/0/key", "label-key")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "a", "value": "no good"}]}""", "/spec/placement/tolerations/0/value", "label-value")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "a", "operator": "In"}]}""", "/spec/placement/tolerations/0/operator", "enum")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}""", "/spec/placement/tolerations/0/value", "selector")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "a", "effect": "NoExecute"}]}""", "/spec/placement/tolerations/0/effect", "enum")]
    [InlineData("""{"allClusters": true, "tolerations": [{"key": "a", "tolerationSeconds": 3}]}""", "/spec/placement/tolerations/0/tolerationSeconds", "unknown-field")]
    public void Placement_with_one_mistake_is_refused_for_it(string placement, string pointer, string rule) =>
        Reading.ShouldFail(Json(placement), "Promise", pointer, rule);

    [Fact]
    public void Empty_selector_is_answered_with_allClusters() =>
        Reading.ShouldFail(Json("""{"clusterSelector": {}}"""), "Promise", Selector, Rules.EmptySelector).Remedy.ShouldContain("allClusters: true");

    [Fact]
    public void Promise_without_a_spec_has_no_placement() =>
        Reading.ShouldFail("""{"metadata": {"name": "a"}}""", "Promise", "/spec/placement", Rules.PlacementMissing);

    [Fact]
    public void Selector_comes_out_sorted_and_distinct()
    {
        var selector = Read("""
            {"clusterSelector": {"matchLabels": {"z": "", "a": "1"}, "matchExpressions": [
              {"key": "promises.dev/audience", "operator": "NotIn", "values": ["b", "a", "b", ""]}, {"key": "edge", "operator": "DoesNotExist", "values": []}]}}
            """).Selector!;
        selector.MatchLabels.ShouldBe(new Dictionary<string, string> { ["a"] = "1", ["z"] = "" });
        selector.MatchExpressions.Select(e => $"{e.Key} {e.Operator} {string.Join(',', e.Values)}").ShouldBe(["edge DoesNotExist ", "promises.dev/audience NotIn ,a,b"]);
        selector.MatchExpressions[0].Operator.ShouldBe(SelectorOperator.DoesNotExist);
    }

    [Fact]
    public void Tolerations_are_read_with_Equal_as_the_default() =>
        Read("""{"allClusters": true, "tolerations": [{"key": "b"}, {"key": "a", "operator": "Exists", "effect": "NoPlacement"}, {"operator": "Exists"}, {"key": "b", "value": "c"}]}""")
            .Tolerations.ShouldBe([new(null, true, null), new("a", true, null), new("b", false, ""), new("b", false, "c")]);

    [Fact]
    public void Policy_is_Retain_unless_told_otherwise()
    {
        Read("""{"onlyIncluded": true}""").OnUnmatch.ShouldBe(OnUnmatch.Retain);
        Read("""{"onlyIncluded": true, "onUnmatch": "Withdraw"}""").OnUnmatch.ShouldBe(OnUnmatch.Withdraw);
    }

    private static PlacementRule Read(string placement) => Reading.Read<PromiseDocument>(Json(placement), "Promise").Spec.Placement;

    private static string Json(string placement) => $$"""{"metadata": {"name": "redis"}, "spec": {"placement": {{placement}} } }""";
}
