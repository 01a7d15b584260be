using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class DependencyTests
{
    private const string First = "/spec/dependencies/0";

    [Theory]
    [InlineData("""null""", First, "wrong-type")]
    [InlineData("""["a"]""", First, "wrong-type")]
    [InlineData("""{"kind": "Namespace", "metadata": {"name": "a"}}""", First + "/apiVersion", "object-identity")]
    [InlineData("""{"apiVersion": 1, "kind": "Namespace", "metadata": {"name": "a"}}""", First + "/apiVersion", "object-identity")]
    [InlineData("""{"apiVersion": "a/b/c", "kind": "Namespace", "metadata": {"name": "a"}}""", First + "/apiVersion", "object-identity")]
    [InlineData("""{"apiVersion": "../v1", "kind": "Namespace", "metadata": {"name": "a"}}""", First + "/apiVersion", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "metadata": {"name": "a"}}""", First + "/kind", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "../x", "metadata": {"name": "a"}}""", First + "/kind", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace"}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": "a"}""", First + "/metadata", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ""}}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": 7}}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ".."}}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a/b"}}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a\n"}}""", First + "/metadata/name", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "a-"}}""", First + "/metadata/generateName", "generate-name")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "a-", "name": "a"}}""", First + "/metadata/generateName", "generate-name")]
    [InlineData("""{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "A"}}""", First + "/metadata/namespace", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": 7}}""", First + "/metadata/namespace", "object-identity")]
    [InlineData("""{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "metadata": {"name": "a"}}""", First + "/kind", "object-identity")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}""", "/spec/dependencies/1", "duplicate-object")]
    [InlineData("""{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}, {"apiVersion": "apps/v1beta2", "kind": "Deployment", "metadata": {"name": "a", "namespace": "default"}}""", "/spec/dependencies/1", "duplicate-object")]
    [InlineData("""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}, {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}]}""", "/spec/dependencies/1/items/0", "duplicate-object")]
    [InlineData("""{"apiVersion": "v1", "kind": "List", "items": [7]}""", First + "/items/0", "wrong-type")]
    [InlineData("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "a"}, "data": "x"}""", First + "/data", "wrong-type")]
    [InlineData("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "a"}, "data": {"on": true}}""", First + "/data/on", "wrong-type")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "data": {"p": "aHVudGVyMg=="}}""", First + "/data", "secret-data")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "stringData": {"p": "hunter2"}}""", First + "/stringData", "secret-data")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "stringData": {"p": "hunter2"}, "sops": {"mac": "x"}}""", First + "/stringData", "secret-data")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "stringData": {"p": "ENC[hunter2]"}}""", First + "/stringData", "secret-data")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"p\":\"hunter2\"}}"}}}""", First + "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration", "secret-data")]
    public void Dependency_with_one_mistake_is_refused_for_it(string objects, string pointer, string rule)
    {
        var error = Reading.ShouldFail(Json(objects), "Promise", pointer, rule);
        (error.Value + error.Remedy).ShouldNotContain("hunter2");
    }

    [Fact]
    public void Value_of_a_Secret_is_not_shown_where_its_type_is_wrong()
    {
        var errors = Reading.Errors(Json("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "data": {"p": 4711}}"""), "Promise");
        errors.Select(e => e.Rule).ShouldBe([Rules.WrongType, Rules.SecretData]);
        errors.ShouldAllBe(e => e.Value == null);
    }

    [Theory]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "type": "Opaque"}""")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "data": {}, "stringData": null}""")]
    [InlineData("""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "a"}, "stringData": {"p": "ENC[AES256_GCM,data:x]", "e": ""}, "sops": {"mac": "x"}}""")]
    [InlineData("""{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:auth-delegator"}}""")]
    [InlineData("""{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "a", "namespace": "a"}}""")]
    [InlineData("""{"apiVersion": "acme.io/v1", "kind": "paved-path-demo", "metadata": {"name": "a"}}""")]
    [InlineData("""{"apiVersion": "acme.io/v1", "kind": "AllowList", "metadata": {"name": "a"}, "spec": {"items": []}}""")]
    public void Ordinary_object_is_taken_as_it_is(string dependency)
    {
        var document = Reading.Read<PromiseDocument>(Json(dependency), "Promise");
        document.Spec.Dependencies.Single().ToJsonString().ShouldBe(System.Text.Json.Nodes.JsonNode.Parse(dependency)!.ToJsonString());
        document.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a", "a/a")]
    [InlineData("", "default/a")]
    public void Secret_that_the_request_allows_is_taken(string ns, string allowed)
    {
        var secret = Json($$"""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "{{ns}}"}, "data": {"p": "eA=="} }""");
        Reading.Read<PromiseDocument>(secret, "Promise", false, allowed).Spec.Dependencies.Count.ShouldBe(1);
        Reading.Errors(secret, "Promise", false, "a/b").Single().Remedy.ShouldContain($"?allowSecret={allowed}");
    }

    [Fact]
    public void Lists_count_as_their_items()
    {
        var document = Reading.Read<PromiseDocument>(Json("""
            {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
              {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "b", "namespace": "a"}}]}]},
            {"apiVersion": "v1", "kind": "List", "items": []}
            """), "Promise");
        document.Spec.Dependencies.Select(d => $"{d["apiVersion"]} {d["kind"]} {d["metadata"]!["name"]}").ShouldBe(["v1 Namespace a", "v1 ConfigMap b"]);
    }

    [Fact]
    public void Namespaced_object_without_a_namespace_is_warned_of() =>
        Reading.WarningsOf(Reading.Read<PromiseDocument>(Json("""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}"""), "Promise"))
            .ShouldBe(["namespace-filled /spec/dependencies/0/metadata/namespace"]);

    [Fact]
    public void Secret_buried_in_another_object_is_warned_of() =>
        Reading.WarningsOf(Reading.Read<PromiseDocument>(Json("""
            {"apiVersion": "acme.io/v1", "kind": "Bundle", "metadata": {"name": "a"}, "spec": {"objects": [{"apiVersion": "v1", "kind": "Secret", "data": {"p": "eA=="}}]}}
            """), "Promise")).ShouldBe(["nested-secret /spec/dependencies/0/spec/objects/0"]);

    [Fact]
    public void Too_many_objects_are_out_of_range()
    {
        var many = string.Join(',', Enumerable.Range(0, 2001).Select(i => $$"""{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n{{i}}"} }"""));
        Reading.ShouldFail(Json(many), "Promise", "/spec/dependencies", Rules.Range);
    }

    private static string Json(string objects) => $$"""{"metadata": {"name": "redis"}, "spec": {"placement": {"allClusters": true}, "dependencies": [{{objects}}]} }""";
}
