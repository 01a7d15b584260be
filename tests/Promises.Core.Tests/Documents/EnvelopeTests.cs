using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class EnvelopeTests
{
    [Theory]
    [InlineData("""[]""", "", "wrong-type")]
    [InlineData("""{"kind": 7, "metadata": {"name": "a"}}""", "/kind", "wrong-type")]
    [InlineData("""{"apiVersion": [], "metadata": {"name": "a"}}""", "/apiVersion", "wrong-type")]
    [InlineData("""{"apiVersion": "promises.dev/v1", "metadata": {"name": "a"}}""", "/apiVersion", "unknown-kind")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}""", "/apiVersion", "unknown-kind")]
    [InlineData("""{"kind": "Clutser", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"kind": "Destination", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1", "kind": "Destination", "metadata": {"name": "a"}}""", "/apiVersion", "unknown-kind")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1alpha1", "metadata": {"name": "a"}}""", "/kind", "required")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Promise", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "BucketStateStore", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"metadata": {"name": "a"}, "sepc": {}}""", "/sepc", "unknown-field")]
    [InlineData("""{"metadata": "a"}""", "/metadata", "wrong-type")]
    [InlineData("""{"metadata": {"name": "a"}, "spec": []}""", "/spec", "wrong-type")]
    [InlineData("""{}""", "/metadata/name", "required")]
    [InlineData("""{"metadata": {"name": null}}""", "/metadata/name", "required")]
    [InlineData("""{"metadata": {"name": ""}}""", "/metadata/name", "name")]
    [InlineData("""{"metadata": {"name": "Ops"}}""", "/metadata/name", "name")]
    [InlineData("""{"metadata": {"name": "a\n"}}""", "/metadata/name", "control-character")]
    [InlineData("""{"metadata": {"name": "a.b"}}""", "/metadata/name", "name")]
    [InlineData("""{"metadata": {"name": 7}}""", "/metadata/name", "wrong-type")]
    [InlineData("""{"metadata": {"generateName": "a-", "name": "a"}}""", "/metadata/generateName", "generate-name")]
    [InlineData("""{"metadata": {"name": "a", "lables": {}}}""", "/metadata/lables", "unknown-field")]
    [InlineData("""{"metadata": {"name": "a", "resourceVersion": 8}}""", "/metadata/resourceVersion", "wrong-type")]
    [InlineData("""{"metadata": {"name": "a", "labels": {"Team!": "A"}}}""", "/metadata/labels/Team!", "label-key")]
    [InlineData("""{"metadata": {"name": "a", "labels": {"a/b/c": "A"}}}""", "/metadata/labels/a~1b~1c", "label-key")]
    [InlineData("""{"metadata": {"name": "a", "labels": {"team": "-A"}}}""", "/metadata/labels/team", "label-value")]
    [InlineData("""{"metadata": {"name": "a", "labels": {"team": true}}}""", "/metadata/labels/team", "wrong-type")]
    [InlineData("""{"metadata": {"name": "a", "labels": {"promises.dev/name": "b"}}}""", "/metadata/labels/promises.dev~1name", "reserved-label")]
    [InlineData("""{"metadata": {"name": "a", "labels": []}}""", "/metadata/labels", "wrong-type")]
    [InlineData("""{"metadata": {"name": "a", "annotations": {"no good": "x"}}}""", "/metadata/annotations/no good", "label-key")]
    [InlineData("""{"metadata": {"name": "a", "annotations": {"n": 1}}}""", "/metadata/annotations/n", "wrong-type")]
    [InlineData("""{"metadata": {"name": "a", "annotations": {"n": "\u0000"}}}""", "/metadata/annotations/n", "control-character")]
    public void Document_with_one_mistake_in_its_envelope_is_refused_for_it(string json, string pointer, string rule) =>
        Reading.ShouldFail(json, "Cluster", pointer, rule);

    [Fact]
    public void Name_of_64_characters_is_refused_and_one_of_63_is_not()
    {
        Reading.ShouldFail($$"""{"metadata": {"name": "{{new string('a', 64)}}"} }""", "Cluster", "/metadata/name", Rules.Name);
        Reading.Read<ClusterDocument>($$"""{"metadata": {"name": "{{new string('a', 63)}}"} }""", "Cluster").Meta.Name.Length.ShouldBe(63);
    }

    [Fact]
    public void Annotations_over_256_KiB_together_are_too_long() =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a", "annotations": {"n": "{{new string('a', 256 * 1024)}}"} } }""", "Cluster", "/metadata/annotations", Rules.TooLong);

    [Fact]
    public void Unknown_field_gets_the_nearest_name_or_the_list()
    {
        var error = Reading.ShouldFail("""{"metadata": {"name": "a"}, "spec": {"enviroment": "ops"}}""", "Cluster", "/spec/enviroment", Rules.UnknownField);
        (error.Value, error.Remedy).ShouldBe(("ops", "Did you mean environment?"));
        Reading.ShouldFail("""{"metadata": {"name": "a"}, "spec": {"zebra": 1}}""", "Cluster", "/spec/zebra", Rules.UnknownField)
            .Remedy.ShouldContain("environment, ");
    }

    [Fact]
    public void Errors_of_a_stream_carry_the_index_of_their_document()
    {
        var failure = FleetDocuments.Parse(JsonNode.Parse("""{"kind": "Cluster"}"""), null, DocumentContext.Strict with { Document = 3 }).Failure;
        failure.ShouldBeOfType<Failure.Invalid>().Errors.ShouldAllBe(e => e.Document == 3);
    }

    [Fact]
    public void Several_mistakes_are_all_reported()
    {
        var errors = Reading.Errors("""
            {"apiVersion": "promises.dev/v2", "metadata": {"name": "A", "labels": {"Team!": "A", "promises.dev/x": "1"}},
             "spec": {"enviroment": "ops", "agent": "fluxx", "cordoned": "no", "stateStore": {"path": "../x"}, "taints": [{"value": "-"}]}}
            """, "Cluster");
        errors.Select(e => $"{e.Rule} {e.Pointer}").ShouldBe(
            [
                "unknown-kind /apiVersion", "name /metadata/name", "label-key /metadata/labels/Team!", "reserved-label /metadata/labels/promises.dev~1x",
                "enum /spec/agent", "wrong-type /spec/cordoned", "path /spec/stateStore/path", "required /spec/taints/0/key", "label-value /spec/taints/0/value",
                "unknown-field /spec/enviroment",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void What_a_server_sets_is_ignored_but_for_the_resource_version()
    {
        var document = Reading.Read<ClusterDocument>("""
            {"apiVersion": "promises.dev/v1alpha1", "kind": "Cluster", "status": {"x": 1}, "warnings": [],
             "metadata": {"name": "a", "uid": "u", "generation": 3, "resourceVersion": "812", "creationTimestamp": null, "managedFields": []}, "spec": null}
            """);
        document.Meta.ResourceVersion.ShouldBe("812");
        document.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"metadata": {"name": "a"}}""", "/kind", "required")]
    [InlineData("""{"kind": "Promotion", "spec": {}}""", "/kind", "unknown-kind")]
    [InlineData("""{"kind": "Token", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"kind": "Clutser", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Work", "metadata": {"name": "a"}}""", "/kind", "unknown-kind")]
    public void Stream_takes_only_kinds_that_it_can_create_or_replace(string json, string pointer, string rule) =>
        Reading.ShouldFail(json, null, pointer, rule);

    [Fact]
    public void Nearest_kind_is_suggested() =>
        Reading.ShouldFail("""{"kind": "Clutser", "metadata": {"name": "a"}}""", null, "/kind", Rules.UnknownKind).Remedy.ShouldBe("Did you mean Cluster?");

    [Theory]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "Any Name"}, "spec": {}}""", "Namespace", "Any Name")]
    [InlineData("""{"apiVersion": "marketplace.kratix.io/v1alpha1", "kind": "redis", "metadata": {"name": "x"}}""", "redis", "x")]
    [InlineData("""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "BucketStateStore", "metadata": {"name": "b"}, "spec": {"z": 1}}""", "BucketStateStore", "b")]
    public void Document_of_others_is_skipped_in_a_stream_with_a_warning(string json, string kind, string name)
    {
        var document = Reading.Read<SkippedDocument>(json);
        (document.Kind, document.Meta.Name).ShouldBe((kind, name));
        Reading.WarningsOf(document).ShouldBe(["skipped /kind"]);
    }

    [Fact]
    public void Namespace_in_the_metadata_is_warned_of() =>
        Reading.WarningsOf(Reading.Read<ClusterDocument>("""{"kind": "Cluster", "metadata": {"name": "a", "namespace": "default"}}"""))
            .ShouldBe(["no-effect /metadata/namespace"]);
}
