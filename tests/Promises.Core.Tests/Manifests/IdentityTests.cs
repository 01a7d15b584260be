using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Promises.Manifests;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

public sealed partial class IdentityTests
{
    [Theory]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: redis}}", "/Namespace//redis", "00-namespace-_cluster-redis-")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: redis, namespace: x}}", "/Namespace//redis", "00-namespace-_cluster-redis-")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}", "apps/Deployment/default/web", "40-deployment-default-web-")]
    [InlineData("{apiVersion: apps/v1beta2, kind: Deployment, metadata: {name: web, namespace: a}}", "apps/Deployment/a/web", "40-deployment-a-web-")]
    [InlineData("{apiVersion: example.com/v1, kind: Thing, metadata: {name: web}}", "example.com/Thing//web", "70-thing-_cluster-web-")]
    [InlineData("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: 'system:Node..x/y'}}", "rbac.authorization.k8s.io/ClusterRole//system:Node..x/y", "02-clusterrole-_cluster-system-node--x-y-")]
    public void Identity_and_file_name_follow_from_the_object(string yaml, string identity, string name)
    {
        var known = ManifestObject.From(Object(yaml));

        known.Identity.ToString().ShouldBe(identity);
        known.FileName.ShouldStartWith(name);
        known.FileName.ShouldMatch(FileName().ToString());
    }

    [Fact]
    public void File_names_are_safe_short_and_unique_whatever_the_names_are()
    {
        var texts = Gen.Elements(["a", "B", "é", ":", "/", ".", "..", "_", "-", "\n", "x", "0123456789012345678901234567890123456789"]).ListOf().Select(string.Concat);
        var identities = Gen.Zip(texts, Gen.Zip(texts, texts)).Select(t => new ObjectIdentity("", t.Item1, t.Item2.Item1, t.Item2.Item2)).ToArbitrary();

        Prop.ForAll(identities, identities, (a, b) =>
        {
            var name = FileNames.For(a);
            return name.Length <= 120 && FileName().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && (a == b || FileNames.For(b) != name);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void File_names_of_objects_that_differ_in_case_only_differ_in_lower_case()
    {
        FileNames.For(new ObjectIdentity("", "ConfigMap", "a", "X")).ToLowerInvariant().ShouldNotBe(FileNames.For(new ObjectIdentity("", "ConfigMap", "a", "x")));
    }

    [Fact]
    public void Digest_of_an_object_moves_with_its_file_and_with_nothing_else()
    {
        static string Digest(string yaml) => ManifestObject.From(Object(yaml)).Digest;

        Digest("{kind: ConfigMap, apiVersion: v1, metadata: {name: a}, data: {n: 1.0}}").ShouldBe(Digest("{apiVersion: v1, kind: ConfigMap, data: {n: 1}, metadata: {namespace: default, name: a}}"));
        Digest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {n: '1'}}").ShouldNotBe(Digest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {n: 1}}"));
    }

    [Fact]
    public void Normalize_fills_in_a_namespace_without_changing_what_it_was_given()
    {
        var given = Object("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
        var clusterScoped = Object("{apiVersion: v1, kind: Namespace, metadata: {name: a, namespace: b}}");

        Dependencies.Normalize(given, out var filled)["metadata"]!["namespace"]!.GetValue<string>().ShouldBe("default");
        filled.ShouldBeTrue();
        given["metadata"]!["namespace"].ShouldBeNull();
        Dependencies.Normalize(clusterScoped, out filled).ShouldBeSameAs(clusterScoped);
        filled.ShouldBeFalse();
    }

    [Fact]
    public void Apply_order_puts_definitions_before_what_needs_them()
    {
        string[] order = ["Namespace", "CustomResourceDefinition apiextensions.k8s.io", "ClusterRole rbac.authorization.k8s.io", "ServiceAccount", "ConfigMap", "Service", "Deployment apps", "Thing example.com", "ValidatingWebhookConfiguration admissionregistration.k8s.io"];

        order.Select(o => KnownKinds.ApplyOrder(o.Split(' ').ElementAtOrDefault(1) ?? "", o.Split(' ')[0])).ShouldBeInOrder();
    }

    [Fact]
    public void Blob_is_what_git_calls_the_content()
    {
        new RenderedFile("a", "hello\n"u8.ToArray()).Blob.ShouldBe("ce013625030ba8dba906f756967f9e9ca394464a");
    }

    [GeneratedRegex(@"^\d\d-[a-z0-9.-]+-[a-z0-9._-]+-[0-9a-f]{8}\.yaml\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
