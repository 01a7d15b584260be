using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class PromiseDocumentTests
{
    [Theory]
    [InlineData("""{"version": 1.4}""", "/spec/version", "wrong-type")]
    [InlineData("""{"version": "latest"}""", "/spec/version", "version")]
    [InlineData("""{"version": "1.2.3.4"}""", "/spec/version", "version")]
    [InlineData("""{"version": ""}""", "/spec/version", "version")]
    [InlineData("""{"config": {}}""", "/spec/config", "not-supported-yet")]
    [InlineData("""{"includes": ["a"]}""", "/spec/includes/0", "wrong-type")]
    [InlineData("""{"includes": [{"version": ">=1"}]}""", "/spec/includes/0/promise", "required")]
    [InlineData("""{"includes": [{"promise": "redis"}]}""", "/spec/includes/0/promise", "cycle")]
    [InlineData("""{"requires": [{"promise": "redis"}]}""", "/spec/requires/0/promise", "cycle")]
    [InlineData("""{"requires": [{"promise": "a"}, {"promise": "b"}, {"promise": "a", "version": ">=1"}]}""", "/spec/requires/2/promise", "duplicate-key")]
    [InlineData("""{"requires": [{"name": "a", "promise": "a"}]}""", "/spec/requires/0/name", "unknown-field")]
    [InlineData("""{"requires": [{"promise": "a", "version": "^1.2.3"}]}""", "/spec/requires/0/version", "version-range")]
    [InlineData("""{"requires": [{"promise": "a", "version": ">=1 || <0"}]}""", "/spec/requires/0/version", "version-range")]
    [InlineData("""{"requires": [{"promise": "a", "version": ""}]}""", "/spec/requires/0/version", "version-range")]
    [InlineData("""{"requires": [{"promise": "a", "version": 1}]}""", "/spec/requires/0/version", "wrong-type")]
    [InlineData("""{"provides": [{"exclusive": true}]}""", "/spec/provides/0/capability", "required")]
    [InlineData("""{"provides": [{"capability": "Git Ops"}]}""", "/spec/provides/0/capability", "name")]
    [InlineData("""{"provides": [{"capability": "a"}, {"capability": "a", "exclusive": true}]}""", "/spec/provides/1/capability", "duplicate-key")]
    [InlineData("""{"provides": [{"capability": "a", "exclusive": "yes"}]}""", "/spec/provides/0/exclusive", "wrong-type")]
    [InlineData("""{"kratix": []}""", "/spec/kratix", "wrong-type")]
    [InlineData("""{"destinationSelectors": []}""", "/spec/destinationSelectors", "unknown-field")]
    [InlineData("""{"dependencies": {}}""", "/spec/dependencies", "wrong-type")]
    public void Promise_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail(Json(spec), "Promise", pointer, rule);

    [Theory]
    [InlineData("promises-cluster")]
    [InlineData("promises-root")]
    [InlineData("promises-")]
    public void Reserved_prefix_is_refused_for_Promises_alone(string name)
    {
        Reading.ShouldFail(Json("{}", name), "Promise", "/metadata/name", Rules.Name);
        if (!name.EndsWith('-')) Reading.Read<ClusterDocument>($$"""{"metadata": {"name": "{{name}}"} }""", "Cluster").Meta.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("cluster")]
    [InlineData("promises")]
    public void Name_that_clashes_with_no_file_of_ours_is_taken(string name) =>
        Reading.Read<PromiseDocument>(Json("{}", name), "Promise").Meta.Name.ShouldBe(name);

    [Fact]
    public void Refused_range_is_answered_with_the_comparator_form() =>
        Reading.ShouldFail(Json("""{"requires": [{"promise": "a", "version": "^1.2.3"}]}"""), "Promise", "/spec/requires/0/version", Rules.VersionRange)
            .Remedy.ShouldBe("Write >=1.2.3 <2.0.0.");

    [Fact]
    public void Content_is_normalised_and_pointers_stay_those_of_the_document()
    {
        var document = Reading.Read<PromiseDocument>(Json("""
            {"version": "v1.4", "includes": [{"promise": "z", "version": ">= 2.1  <3"}, {"promise": "b"}], "requires": [{"promise": "y"}],
             "provides": [{"capability": "y", "exclusive": true}, {"capability": "x"}], "kratix": {"api": {"a": 1}}}
            """), "Promise");
        document.Spec.Version.ShouldBe("1.4.0");
        document.Spec.Includes.Select(i => $"{i.Promise} {i.Range}").ShouldBe(["b ", "z >=2.1.0 <3.0.0"]);
        document.Spec.Provides.ShouldBe([new("x", false), new("y", true)]);
        document.IncludePointers.ShouldBe(new Dictionary<string, string> { ["z"] = "/spec/includes/0/promise", ["b"] = "/spec/includes/1/promise" }, ignoreOrder: true);
        document.RequirePointers["y"].ShouldBe("/spec/requires/0/promise");
        Reading.WarningsOf(document).ShouldBe(["no-effect /spec/kratix/api"]);
    }

    private static string Json(string spec, string name = "redis") =>
        $$"""{"metadata": {"name": "{{name}}"}, "spec": {"placement": {"allClusters": true}{{(spec == "{}" ? "" : "," + spec.Trim()[1..^1])}} } }""";
}
