using Promises.Core.Tests.Documents;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Kratix;

public class KratixClusterTests
{
    private const string Ref = """ "stateStoreRef": {"name": "default", "kind": "GitStateStore"} """;

    [Theory]
    [InlineData("Destination", "{" + Ref + "}", "/spec/path", "required")]
    [InlineData("Destination", """{"path": "a"}""", "/spec/stateStoreRef/name", "required")]
    [InlineData("Destination", """{"path": "a", "stateStoreRef": {"name": "a", "kind": "OCIStore"}}""", "/spec/stateStoreRef/kind", "enum")]
    [InlineData("Destination", """{"path": "a/../b",""" + Ref + "}", "/spec/path", "path")]
    [InlineData("Destination", """{"path": "a", "strictMatchLabels": "yes",""" + Ref + "}", "/spec/strictMatchLabels", "wrong-type")]
    [InlineData("Destination", """{"path": "a", "filepath": {"mode": "flat"},""" + Ref + "}", "/spec/filepath/mode", "enum")]
    [InlineData("Destination", """{"path": "a", "cleanup": "some",""" + Ref + "}", "/spec/cleanup", "enum")]
    [InlineData("Destination", """{"path": "a", "paht": "b",""" + Ref + "}", "/spec/paht", "unknown-field")]
    [InlineData("Cluster", """{"path": "..",""" + Ref + "}", "/spec/path", "path")]
    public void Destination_with_one_mistake_is_refused_for_it(string kind, string spec, string pointer, string rule) =>
        Reading.ShouldFail(Json(kind, spec), "Cluster", pointer, rule);

    [Theory]
    [InlineData(".", "")]
    [InlineData("/", "")]
    [InlineData("./worker-1/", "worker-1")]
    public void Path_is_joined_as_Kratix_joins_it(string path, string expected) =>
        Read("Destination", $$"""{"path": "{{path}}", {{Ref}} }""").Spec.Path.ShouldBe(expected);

    [Fact]
    public void Destination_becomes_a_cluster_with_its_labels_and_the_environment_of_its_annotation()
    {
        var document = Reading.Read<ClusterDocument>("""
            {"apiVersion": "platform.kratix.io/v1alpha1", "kind": "Destination",
             "metadata": {"name": "w", "labels": {"environment": "dev", "kratix.io/x": "y"}, "annotations": {"promises.dev/environment": "apps"}},
             "spec": {"path": "w", "strictMatchLabels": true, "stateStoreRef": {"name": "fleet", "kind": "BucketStateStore"}, "filepath": {"mode": "nestedByMetadata"}, "cleanup": "none",
             "initWorkloads": {"enabled": true}}}
            """);
        var spec = document.Spec;
        (spec.Environment, spec.StateStore, spec.Path, spec.Agent, spec.StrictMatchLabels).ShouldBe(("apps", "fleet", "w", Agent.Flux, true));
        document.Meta.Labels["environment"].ShouldBe("dev");
        document.Sources.ShouldBe(new("/metadata/annotations/promises.dev~1environment", "/spec/stateStoreRef/name", "/spec/path"));
        document.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Cluster_of_2022_leaves_its_path_to_the_fleet()
    {
        var spec = Read("Cluster", "{" + Ref + "}").Spec;
        (spec.Environment, spec.StateStore, spec.Path).ShouldBe((null, "default", null));
    }

    [Fact]
    public void What_has_no_effect_is_warned_of() =>
        Reading.WarningsOf(Read("Destination", $$"""{"path": "a", "filepath": {"mode": "aggregatedYAML", "filename": "c.yaml"}, "cleanup": "all", "initWorkloads": {"enabled": false}, {{Ref}} }"""))
            .ShouldBe(["no-effect /spec/filepath/mode", "no-effect /spec/filepath/filename", "no-effect /spec/cleanup", "no-effect /spec/initWorkloads/enabled"]);

    private static ClusterDocument Read(string kind, string spec) => Reading.Read<ClusterDocument>(Json(kind, spec), "Cluster");

    private static string Json(string kind, string spec) => $$"""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "{{kind}}", "metadata": {"name": "w"}, "spec": {{spec}} }""";
}
