using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class ClusterDocumentTests
{
    [Theory]
    [InlineData("""{"environment": 7}""", "/spec/environment", "wrong-type")]
    [InlineData("""{"environment": "o\u0007ps"}""", "/spec/environment", "control-character")]
    [InlineData("""{"stateStore": "fleet"}""", "/spec/stateStore", "wrong-type")]
    [InlineData("""{"stateStore": {"nam": "fleet"}}""", "/spec/stateStore/nam", "unknown-field")]
    [InlineData("""{"stateStore": {"path": "/abs"}}""", "/spec/stateStore/path", "path")]
    [InlineData("""{"stateStore": {"path": "a/../b"}}""", "/spec/stateStore/path", "path")]
    [InlineData("""{"stateStore": {"path": "a/.git/b"}}""", "/spec/stateStore/path", "path")]
    [InlineData("""{"agent": "fluxcd"}""", "/spec/agent", "enum")]
    [InlineData("""{"agent": "Flux"}""", "/spec/agent", "enum")]
    [InlineData("""{"provider": "a b"}""", "/spec/provider", "label-value")]
    [InlineData("""{"region": "-eu"}""", "/spec/region", "label-value")]
    [InlineData("""{"region": 1}""", "/spec/region", "wrong-type")]
    [InlineData("""{"cordoned": "true"}""", "/spec/cordoned", "wrong-type")]
    [InlineData("""{"taints": {}}""", "/spec/taints", "wrong-type")]
    [InlineData("""{"taints": ["dedicated"]}""", "/spec/taints/0", "wrong-type")]
    [InlineData("""{"taints": [{"value": "ml"}]}""", "/spec/taints/0/key", "required")]
    [InlineData("""{"taints": [{"key": "no good"}]}""", "/spec/taints/0/key", "label-key")]
    [InlineData("""{"taints": [{"key": "k", "value": "no good"}]}""", "/spec/taints/0/value", "label-value")]
    [InlineData("""{"taints": [{"key": "k", "effect": "NoSchedule"}]}""", "/spec/taints/0/effect", "enum")]
    [InlineData("""{"taints": [{"key": "k"}, {"key": "k", "value": "b"}]}""", "/spec/taints/1/key", "duplicate-key")]
    [InlineData("""{"nodePools": [7]}""", "/spec/nodePools/0", "wrong-type")]
    [InlineData("""{"nodePools": [{"size": 3}]}""", "/spec/nodePools/0/name", "required")]
    [InlineData("""{"nodePools": [{"name": "A"}]}""", "/spec/nodePools/0/name", "name")]
    [InlineData("""{"nodePools": [{"name": "a"}, {"name": "a"}]}""", "/spec/nodePools/1/name", "duplicate-key")]
    [InlineData("""{"labels": {"team": "A"}}""", "/spec/labels", "unknown-field")]
    public void Cluster_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "Cluster", pointer, rule);

    [Fact]
    public void Cluster_without_a_spec_leaves_every_default_to_the_fleet()
    {
        var spec = Reading.Read<ClusterDocument>("""{"metadata": {"name": "a", "labels": {"team": "A", "old": null}}}""", "Cluster");
        spec.Meta.Labels.ShouldBe(new Dictionary<string, string> { ["team"] = "A" });
        var read = spec.Spec;
        (read.Environment, read.StateStore, read.Path, read.Agent, read.Cordoned, read.NodePools).ShouldBe((null, null, null, Agent.Flux, false, null));
    }

    [Fact]
    public void Node_pools_are_kept_with_a_warning()
    {
        var document = Reading.Read<ClusterDocument>("""{"metadata": {"name": "a"}, "spec": {"nodePools": [{"name": "gpu", "size": 3}]}}""", "Cluster");
        document.Spec.NodePools!.ToJsonString().ShouldBe("""[{"name":"gpu","size":3}]""");
        Reading.WarningsOf(document).ShouldBe(["no-effect /spec/nodePools"]);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("")]
    public void Path_of_the_root_is_empty(string path) =>
        Reading.Read<ClusterDocument>($$"""{"metadata": {"name": "a"}, "spec": {"stateStore": {"path": "{{path}}"} } }""", "Cluster").Spec.Path.ShouldBe("");

    [Fact]
    public void Spec_that_is_written_reads_back_the_same()
    {
        var sent = Reading.Read<ClusterDocument>("""
            {"metadata": {"name": "a"}, "spec": {"environment": "ops", "stateStore": {"name": "fleet", "path": "c/a"}, "agent": "argocd", "provider": "aws",
             "region": "eu-west-1", "cordoned": true, "taints": [{"key": "k", "value": "v", "effect": "NoPlacement"}, {"key": "e"}], "nodePools": [{"name": "p"}],
             "strictMatchLabels": true}}
            """, "Cluster");
        var cluster = Cluster.Register(sent.Meta, sent.Spec, "ops", "fleet", "c/a", default);
        var again = Reading.Read<ClusterDocument>($$"""{"metadata": {"name": "a"}, "spec": {{FleetDocuments.ClusterSpecJson(cluster).ToJsonString()}} }""", "Cluster");
        cluster.Change(again.Meta, again.Spec, default).ShouldBeFalse();
        (again.Spec.Environment, again.Spec.StateStore, again.Spec.Path).ShouldBe(("ops", "fleet", "c/a"));
    }
}
