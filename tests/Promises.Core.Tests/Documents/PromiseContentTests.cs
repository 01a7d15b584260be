using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Core.Tests.Documents;

public class PromiseContentTests
{
    private static readonly Gen<string> Names = Gen.Elements("a", "b-1", "redis", "x9");

    private static readonly Gen<JsonNode?> Scalars = Gen.Elements<string>("1", "-7", "1.50", "12345678901234567890", "true", "null", "\"\"", "\"yes\"", "\"a\\nb\"", "\"\\u00fc<&'\"")
        .Select(text => JsonNode.Parse(text));

    private static readonly Gen<Requirement> Requirements =
        from key in Names
        from op in Gen.Elements(SelectorOperator.In, SelectorOperator.NotIn, SelectorOperator.Exists, SelectorOperator.DoesNotExist)
        select new Requirement(key, op, op is SelectorOperator.In or SelectorOperator.NotIn ? ["", "v"] : []);

    private static readonly Gen<LabelSelector?> Selectors =
        from labels in Names.ListOf()
        from expressions in Requirements.ListOf()
        select new LabelSelector(new SortedDictionary<string, string>(labels.Distinct().ToDictionary(l => l, l => l + "v"), StringComparer.Ordinal), [.. expressions]);

    private static readonly Gen<PlacementRule> Placements =
        from kind in Gen.Choose(0, 2)
        from selector in Selectors
        from tolerations in Gen.Elements(new Toleration(null, true, null), new Toleration("k", true, null), new Toleration("k", false, "v"), new Toleration("k", false, "")).ListOf()
        from onUnmatch in Gen.Elements(OnUnmatch.Retain, OnUnmatch.Withdraw)
        select new PlacementRule(kind == 0 ? selector : null, kind == 1, kind == 2, [.. tolerations], onUnmatch);

    private static readonly Gen<PromiseReference> References =
        from name in Names
        from range in Gen.Elements(null, ">=1.2.0 <2.0.0", "=1.0.0-beta.5")
        select new PromiseReference(name, range is null ? null : Range(range));

    private static readonly Gen<PromiseSpec> Specs =
        from version in Gen.Elements(null, "1.4.0", "2.0.0-rc.1")
        from placement in Placements
        from includes in References.ListOf()
        from requires in References.ListOf()
        from provides in Names.ListOf()
        from values in Scalars.ListOf()
        select new PromiseSpec(
            version, placement, [.. includes], [.. requires], [.. provides.Select((p, i) => new Capability(p, i % 2 == 0))],
            [.. values.Select((v, i) => new JsonObject { ["kind"] = "K" + i, ["spec"] = new JsonArray(v?.DeepClone(), new JsonObject { ["z"] = v?.DeepClone(), ["a"] = 1 }) })],
            values.Count == 1 ? new JsonObject { ["api"] = values[0]?.DeepClone() } : null);

    [Fact]
    public void Content_read_back_and_written_again_is_the_same_text() =>
        Prop.ForAll(Specs.ToArbitrary(), spec =>
        {
            var text = PromiseContent.Write(spec);
            var read = PromiseContent.Read(text);
            PromiseContent.Write(read).ShouldBe(text);
            read.Placement.Tolerations.ShouldBe(spec.Placement.Tolerations);
            read.Requires.ShouldBe(spec.Requires);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Content_does_not_depend_on_formatting_or_order_of_members()
    {
        const string one = """
            {"metadata": {"name": "redis", "labels": {"x": "1"}}, "spec": {"version": "v1.4", "placement": {"clusterSelector": {"matchExpressions": [
               {"key": "b", "operator": "In", "values": ["2", "1", "1"]}, {"key": "a", "operator": "Exists"}], "matchLabels": {"team": "A", "edge": ""}}},
             "requires": [{"promise": "b", "version": ">=1"}, {"promise": "a"}],
             "dependencies": [{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "redis", "labels": {"b": "1", "a": "2"}}}]}]}}
            """;
        const string other = """
            {"spec": {"dependencies": [{"metadata": {"labels": {"a": "2", "b": "1"}, "name": "redis"}, "kind": "Namespace", "apiVersion": "v1"}], "includes": [], "provides": null,
              "requires": [{"promise": "a"}, {"version": ">= 1.0.0", "promise": "b"}], "placement": {"onUnmatch": "Retain", "clusterSelector": {"matchLabels": {"edge": "", "team": "A"},
              "matchExpressions": [{"operator": "Exists", "key": "a"}, {"values": ["1", "2"], "key": "b", "operator": "In"}]}}, "version": "1.4.0"}, "metadata": {"name": "redis"}}
            """;
        var (a, b) = (Reading.Read<PromiseDocument>(one, "Promise"), Reading.Read<PromiseDocument>(other, "Promise"));
        PromiseContent.Write(a.Spec).ShouldBe(PromiseContent.Write(b.Spec));
        a.Digest().ShouldBe(b.Digest());
        a.Digest().ShouldStartWith("sha256:");
    }

    [Fact]
    public void Spec_that_is_written_reads_back_the_same()
    {
        const string spec = """
            {"version":"1.4.0","placement":{"clusterSelector":{"matchLabels":{"team":"A"},"matchExpressions":[{"key":"edge","operator":"DoesNotExist"},{"key":"zone","operator":"In","values":["a","b"]}]},"tolerations":[{"key":"dedicated","operator":"Exists"},{"key":"gpu","operator":"Equal","value":"x"}],"onUnmatch":"Withdraw"},"includes":[{"promise":"a","version":">=2.1.0 <3.0.0"}],"requires":[{"promise":"b"}],"provides":[{"capability":"gitops-agent","exclusive":true}],"dependencies":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"redis"}}],"kratix":{"api":{"x":1}}}
            """;
        var document = Reading.Read<PromiseDocument>($$"""{"metadata": {"name": "redis"}, "spec": {{spec}} }""", "Promise");
        FleetDocuments.PromiseSpecJson(document.Spec).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ShouldBe(spec.Trim());
    }

    private static VersionRange Range(string text) => VersionRange.TryParse(text, out var range, out _) ? range : throw new FormatException(text);
}
