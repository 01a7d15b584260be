using System.Text.Json.Nodes;
using Promises.Core.Tests.Documents;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Core.Tests.Kratix;

public class KratixPromiseTests
{
    [Theory]
    [InlineData("""{"destinationSelector": []}""", "/spec/destinationSelector", "unknown-field")]
    [InlineData("""{"destinationSelectors": {"matchLabels": {"a": "b"}}}""", "/spec/destinationSelectors", "wrong-type")]
    [InlineData("""{"destinationSelectors": [{"matchExpressions": []}]}""", "/spec/destinationSelectors/0/matchExpressions", "unknown-field")]
    [InlineData("""{"destinationSelectors": [{"matchLabels": {"a": "no good"}}]}""", "/spec/destinationSelectors/0/matchLabels/a", "label-value")]
    [InlineData("""{"clusterSelector": {"no good": "a"}}""", "/spec/clusterSelector/no good", "label-key")]
    [InlineData("""{"clusterSelector": {"a": true}}""", "/spec/clusterSelector/a", "wrong-type")]
    [InlineData("""{"requiredPromises": [{"version": "v1"}]}""", "/spec/requiredPromises/0/name", "required")]
    [InlineData("""{"requiredPromises": [{"name": "redis"}]}""", "/spec/requiredPromises/0/name", "cycle")]
    [InlineData("""{"requiredPromises": [{"name": "a"}, {"name": "a"}]}""", "/spec/requiredPromises/1/name", "duplicate-key")]
    [InlineData("""{"dependencies": [{"apiVersion": "v1", "kind": "Namespace"}]}""", "/spec/dependencies/0/metadata/name", "object-identity")]
    [InlineData("""{"workerClusterResources": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "b"}, "data": {"p": "eA=="}}]}""", "/spec/workerClusterResources/0/data", "secret-data")]
    public void Promise_with_one_mistake_is_refused_with_a_pointer_into_what_was_sent(string spec, string pointer, string rule)
    {
        Reading.ShouldFail(Json(spec), null, pointer, rule);
        Reading.ShouldFail(Json(spec), "Promise", pointer, rule);
    }

    [Fact]
    public void Selectors_merge_as_in_Kratix_where_the_first_of_equal_keys_wins() =>
        Selector("""{"destinationSelectors": [{"matchLabels": {"a": "1"}}, {"matchLabels": {"a": "2", "b": "3"}}]}""")
            .MatchLabels.ShouldBe(new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" });

    [Theory]
    [InlineData("""{"clusterSelector": {"environment": "dev"}}""")]
    [InlineData("""{"clusterSelector": {"matchLabels": {"environment": "dev"}}}""")]
    public void Selector_of_2022_is_a_plain_map_or_a_selector(string spec)
    {
        var selector = Selector(spec);
        selector.MatchLabels.ShouldBe(new Dictionary<string, string> { ["environment"] = "dev" });
        selector.MatchExpressions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""null""")]
    [InlineData("""{}""")]
    [InlineData("""{"destinationSelectors": []}""")]
    [InlineData("""{"destinationSelectors": [{"matchLabels": {}}]}""")]
    [InlineData("""{"clusterSelector": {}}""")]
    public void Promise_without_a_selector_is_for_all_but_strict_clusters(string spec) =>
        FleetDocuments.SelectorJson(Selector(spec)).ToJsonString()
            .ShouldBe("""{"matchExpressions":[{"key":"promises.dev/strict-match-labels","operator":"DoesNotExist"}]}""");

    [Fact]
    public void What_has_no_effect_is_kept_unchanged_and_warned_of()
    {
        var document = Read("""{"api": {"kind": "CustomResourceDefinition", "x": [1]}, "workflows": {"promise": {}}, "xaasCrd": {"y": null}, "xaasRequestPipeline": ["image"], "pipelines": {}}""");
        document.Spec.Kratix!.ToJsonString().ShouldBe(
            """{"api":{"kind":"CustomResourceDefinition","x":[1]},"workflows":{"promise":{}},"pipelines":{},"xaasCrd":{"y":null},"xaasRequestPipeline":["image"]}""");
        Reading.WarningsOf(document).ShouldBe(
            ["no-effect /spec/api", "no-effect /spec/workflows", "no-effect /spec/pipelines", "no-effect /spec/xaasCrd", "no-effect /spec/xaasRequestPipeline"]);
    }

    [Fact]
    public void Required_version_means_exactly_that_version()
    {
        var document = Read("""{"requiredPromises": [{"name": "telemetry", "version": "v1.1.0"}, {"name": "kafka"}]}""");
        document.Spec.Requires.Select(r => $"{r.Promise} {r.Range}").ShouldBe(["kafka ", "telemetry =1.1.0"]);
        document.RequirePointers["telemetry"].ShouldBe("/spec/requiredPromises/0/name");
        document.Spec.Kratix.ShouldBeNull();
        document.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Requirement_of_an_unknown_Promise_is_kept_and_warned_of()
    {
        var document = Read("""{"requiredPromises": [{"name": "telemetry", "version": "v1.1.0"}, {"name": "kafka"}], "api": {}}""")
            .WithoutRequirements(new HashSet<string> { "telemetry", "other" });
        document.Spec.Requires.Select(r => r.Promise).ShouldBe(["kafka"]);
        document.Spec.Kratix!.ToJsonString().ShouldBe("""{"api":{},"requiredPromises":[{"name":"telemetry","version":"v1.1.0"}]}""");
        Reading.WarningsOf(document).ShouldBe(["no-effect /spec/api", "unknown-promise /spec/requiredPromises/0/name"]);
        document.WithoutRequirements(new HashSet<string> { "telemetry" }).ShouldBeSameAs(document);
    }

    [Fact]
    public void Requirement_with_an_odd_version_takes_any_and_is_kept_once()
    {
        var document = Read("""{"requiredPromises": [{"name": "kafka", "version": "spring"}]}""");
        document.Spec.Requires.ShouldBe([new("kafka", null)]);
        Reading.WarningsOf(document).ShouldBe(["version-dropped /spec/requiredPromises/0/version"]);
        document.WithoutRequirements(new HashSet<string> { "kafka" }).Spec.Kratix!.ToJsonString()
            .ShouldBe("""{"requiredPromises":[{"name":"kafka","version":"spring"}]}""");
    }

    [Fact]
    public void Version_comes_from_the_label_and_can_be_left_out_later()
    {
        var document = Reading.Read<PromiseDocument>(
            """{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Promise", "metadata": {"name": "redis", "labels": {"kratix.io/promise-version": "v0.1"}}}""");
        (document.Spec.Version, document.VersionFromLabel, document.Meta.Labels.Count).ShouldBe(("0.1.0", true, 1));

        var without = document.WithoutVersion();
        (without.Spec.Version, without.VersionFromLabel).ShouldBe((null, false));
        Reading.WarningsOf(without).ShouldBe(["version-dropped /metadata/labels/kratix.io~1promise-version"]);
    }

    [Fact]
    public void Label_that_is_no_semantic_version_is_warned_of()
    {
        var document = Reading.Read<PromiseDocument>(
            """{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Promise", "metadata": {"name": "redis", "labels": {"kratix.io/promise-version": "latest"}}}""");
        (document.Spec.Version, document.VersionFromLabel).ShouldBe((null, false));
        Reading.WarningsOf(document).ShouldBe(["version-dropped /metadata/labels/kratix.io~1promise-version"]);
    }

    [Fact]
    public void Imported_Promise_is_equal_to_its_own_answer_sent_back()
    {
        var document = Read("""
            {"destinationSelectors": [{"matchLabels": {"a": "1"}}], "requiredPromises": [{"name": "b", "version": "v1"}], "api": {"x": 1},
             "dependencies": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n", "creationTimestamp": null}}]}
            """);
        var again = Reading.Read<PromiseDocument>(
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "redis" }, ["spec"] = FleetDocuments.PromiseSpecJson(document.Spec) }.ToJsonString(), "Promise");
        again.Digest().ShouldBe(document.Digest());
    }

    [Fact]
    public void ResourceVersion_of_another_cluster_is_no_precondition()
    {
        var document = Reading.Read<PromiseDocument>(
            """{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Promise", "metadata": {"name": "redis", "resourceVersion": "4711", "namespace": "default"}, "status": {"a": 1}}""");
        document.Meta.ResourceVersion.ShouldBeNull();
        Reading.WarningsOf(document).ShouldBe(["no-effect /metadata/resourceVersion", "no-effect /metadata/namespace"]);
    }

    private static LabelSelector Selector(string spec) => Read(spec).Spec.Placement.Selector.ShouldNotBeNull();

    private static PromiseDocument Read(string spec) => Reading.Read<PromiseDocument>(Json(spec));

    private static string Json(string spec) => $$"""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Promise", "metadata": {"name": "redis"}, "spec": {{spec}} }""";
}
