using Promises.Core.Tests.Documents;
using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Kratix;

public class KratixStateStoreTests
{
    [Theory]
    [InlineData("""{}""", "/spec/url", "required")]
    [InlineData("""{"url": "http://h/a"}""", "/spec/url", "url")]
    [InlineData("""{"url": "https://h/a", "branch": "a..b"}""", "/spec/branch", "branch")]
    [InlineData("""{"url": "https://h/a", "path": "../x"}""", "/spec/path", "path")]
    [InlineData("""{"url": "https://h/a", "authMethod": "kerberos"}""", "/spec/authMethod", "enum")]
    [InlineData("""{"url": "https://h/a", "secretRef": "x"}""", "/spec/secretRef", "wrong-type")]
    [InlineData("""{"url": "https://h/a", "gitAuthor": {"name": "a<b"}}""", "/spec/gitAuthor/name", "name")]
    [InlineData("""{"url": "https://h/a", "bucketName": "x"}""", "/spec/bucketName", "unknown-field")]
    public void Store_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail(Json(spec), "StateStore", pointer, rule);

    [Fact]
    public void Store_gets_the_layout_and_the_defaults_of_Kratix()
    {
        var document = Read("""{"url": "https://h/a"}""");
        document.Spec.ShouldBe(new(new("https://h/a", "main", null, new("kratix", "promises@localhost"), null, ""), Layout.Kratix));
        document.Sources.ShouldBe(new("/spec/url", "/spec/secretRef/name"));
    }

    [Fact]
    public void Store_is_read_whole()
    {
        var document = Read("""
            {"url": "git@h:a", "branch": "live", "path": "/fleet/", "authMethod": "ssh", "secretRef": {"name": "c", "namespace": "default"}, "gitAuthor": {"email": "a@b"}}
            """);
        document.Spec.Git.ShouldBe(new("git@h:a", "live", "c", new("kratix", "a@b"), null, "fleet"));
        Reading.WarningsOf(document).ShouldBe(["no-effect /spec/secretRef/namespace"]);
    }

    private static StateStoreDocument Read(string spec) => Reading.Read<StateStoreDocument>(Json(spec));

    private static string Json(string spec) => $$"""{"apiVersion": "platform.kratix.io/v1alpha1", "kind": "GitStateStore", "metadata": {"name": "w"}, "spec": {{spec}} }""";
}
