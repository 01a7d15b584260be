using System.Text.Json.Nodes;
using Promises.Core.Tests.Documents;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Tests;

namespace Promises.Core.Tests.Kratix;

/// <summary>Documents of real users of Kratix, and what each becomes.</summary>
public class RealDocumentTests
{
    private const string Dev = """{"matchLabels":{"environment":"dev"}}""";
    private const string Platform = """{"matchLabels":{"environment":"platform"}}""";
    private const string Any = """{"matchExpressions":[{"key":"promises.dev/strict-match-labels","operator":"DoesNotExist"}]}""";

    /// <summary>File, name, version, selector, number of objects, required Promises, kept fields, codes of warnings beside those of kept fields.</summary>
    public static TheoryData<string, string, string?, string, int, string, string, string> Promises => new()
    {
        { "promises/01-nil-api.yaml", "nil-api-promise", null, Any, 1, "", "", "" },
        { "promises/02-deps-only-dev.yaml", "promise-with-deps", null, Dev, 1, "", "", "" },
        { "promises/02b-deps-only-prod-updated.yaml", "promise-with-deps", null, """{"matchLabels":{"environment":"prod"}}""", 1, "", "", "" },
        { "promises/03-with-requirements.yaml", "namespace", null, Dev, 1, "kafka =1.2.0, telemetry =1.1.0", "api, workflows", "" },
        { "promises/05-redis-sample-282k.yaml", "redis-promise", null, Dev, 2, "", "api, workflows", "" },
        { "promises/06-nginx-ingress-21deps-235k.yaml", "nginx-ingress", null, Dev, 21, "", "api, workflows", "no-effect /metadata/namespace" },
        { "promises/08-easyapp-nested-promises-306k.yaml", "easyapp", null, Platform, 2, "", "api, workflows", "no-effect /metadata/namespace, nested-secret /spec/dependencies/0/spec/dependencies/8" },
        { "promises/10-mkt-redis.yaml", "redis", "0.1.0", Dev, 0, "", "api, workflows", "" },
        { "promises/11-mkt-app-stack-compound.yaml", "app-stack", "0.1.0", Platform, 0, "postgresql =1.0.0-beta.5, runtime =1.0.0", "api, workflows", "" },
        { "promises/15-mkt-mongodb-full-22k-api.yaml", "mongodb", null, Dev, 0, "", "api, workflows", "" },
        { "promises/20-paved-path-nested.yaml", "paved-path-demo", null, Platform, 2, "", "api, workflows", "no-effect /metadata/namespace" },
        { "promises/22-multi-doc-promise-and-namespace.yaml", "redis", null, Dev, 1, "", "api, workflows", "" },
        { "promises/sys-compound-promise.yaml", "compound-promise", null, Any, 0, "sub-promise =1.0.0", "api, workflows", "" },
        { "promises/sys-compound-sub-promise-v2.yaml", "sub-promise", "2.0.0", Any, 0, "", "", "" },
        { "promises/sys-compound-sub-promise.yaml", "sub-promise", "1.0.0", Any, 0, "", "", "" },
        { "promises/sys-destination-promise-filepathmode-none.yaml", "filepathmode-none", null, """{"matchLabels":{"target":"filepathmode-none"}}""", 0, "", "api, workflows", "" },
        { "promises/sys-destination-promise.yaml", "aggregate-promise", null, """{"matchLabels":{"target":"aggregated-yaml"}}""", 0, "", "api, workflows", "" },
        { "legacy/v0-deployment.yaml", "deployment", null, Any, 0, "", "xaasCrd, xaasRequestPipeline", "no-effect /metadata/namespace" },
        { "legacy/v0-mkt-namespace.yaml", "namespace", null, Any, 0, "", "xaasCrd, xaasRequestPipeline", "no-effect /metadata/namespace" },
        { "legacy/v0-mkt-vault-namespace.yaml", "vaultnamespace", null, Platform, 3, "", "xaasCrd, xaasRequestPipeline", "no-effect /metadata/namespace" },
        { "legacy/v0-nil-xaas.yaml", "nil-xaas-promise", null, Any, 1, "", "", "" },
        { "legacy/v0-postgres-34k.yaml", "postgres-promise", null, Any, 1, "", "xaasCrd, xaasRequestPipeline", "" },
        { "legacy/v0-redis-248k.yaml", "redis-promise", null, Dev, 2, "", "xaasCrd, xaasRequestPipeline", "" },
    };

    /// <summary>File, name, store, path, labels, warnings.</summary>
    public static TheoryData<string, string, string, string?, string, string> Clusters => new()
    {
        { "destinations/aggregated-yaml.yaml", "aggregated-yaml", "default", "aggregated-yaml", "target=aggregated-yaml", "no-effect /spec/filepath/mode, no-effect /spec/filepath/filename" },
        { "destinations/core-test-destinations.yaml", "worker-2", "default", "worker-2", "environment=dev", "" },
        { "destinations/git-filepathmode-none.yaml", "test-worker-git-filepathmode-none", "destination-git-test-store", "filepathmode-none", "target=filepathmode-none", "no-effect /spec/filepath/mode" },
        { "destinations/worker-1.yaml", "worker-1", "default", "worker-1", "environment=dev", "" },
        { "destinations/worker-2.yaml", "worker-2", "default", "worker-2", "environment=production", "" },
        { "destinations/worker-git.yaml", "test-worker-git", "destination-git-test-store", "worker-git", "environment=dev", "" },
        { "legacy/v0-cluster-1.yaml", "worker-cluster-1", "minio-store", null, "environment=dev", "no-effect /metadata/namespace" },
        { "legacy/v0-cluster-platform.yaml", "worker-cluster-2", "default", null, "", "no-effect /metadata/namespace" },
    };

    [Theory]
    [MemberData(nameof(Promises))]
    public void Promise_of_a_user_is_imported(
        string file, string name, string? version, string selector, int objects, string requires, string kept, string warnings)
    {
        var sent = First(file);
        var document = Read(sent, "default/nginx-nginx-ingress-default-server-tls").ShouldBeOfType<PromiseDocument>();
        (document.Meta.Name, document.Spec.Version, document.Spec.Dependencies.Count).ShouldBe((name, version, objects));
        FleetDocuments.SelectorJson(document.Spec.Placement.Selector!).ToJsonString().ShouldBe(selector);
        string.Join(", ", document.Spec.Requires.Select(r => $"{r.Promise} {r.Range}")).ShouldBe(requires);
        string.Join(", ", (document.Spec.Kratix ?? []).Select(k => k.Key).Order(StringComparer.Ordinal)).ShouldBe(kept);
        foreach (var (field, value) in document.Spec.Kratix ?? []) JsonNode.DeepEquals(value, sent["spec"]![field]).ShouldBeTrue(field);

        var ofKept = kept.Length == 0 ? [] : kept.Split(", ").Select(field => $"no-effect /spec/{field}");
        string.Join(", ", Reading.WarningsOf(document).Except(ofKept).Where(w => !w.StartsWith("namespace-filled", StringComparison.Ordinal))).ShouldBe(warnings);
        PromiseContent.Write(PromiseContent.Read(PromiseContent.Write(document.Spec))).ShouldBe(PromiseContent.Write(document.Spec));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public void Destination_of_a_user_is_imported(string file, string name, string store, string? path, string labels, string warnings)
    {
        var document = Read(First(file)).ShouldBeOfType<ClusterDocument>();
        (document.Meta.Name, document.Spec.Environment, document.Spec.StateStore, document.Spec.Path).ShouldBe((name, null, store, path));
        string.Join(", ", document.Meta.Labels.Select(l => $"{l.Key}={l.Value}")).ShouldBe(labels);
        string.Join(", ", Reading.WarningsOf(document)).ShouldBe(warnings);
    }

    [Theory]
    [InlineData("statestores/git.yaml", "default", "https://172.18.0.2:31333/gitea_admin/kratix")]
    [InlineData("statestores/git-test-store.yaml", "destination-git-test-store", "https://gitea-http.gitea.svc.cluster.local/gitea_admin/kratix")]
    public void Git_store_of_a_user_is_imported(string file, string name, string url)
    {
        var document = Read(First(file)).ShouldBeOfType<StateStoreDocument>();
        document.Meta.Name.ShouldBe(name);
        document.Spec.ShouldBe(new(new(url, "main", "gitea-credentials", new("kratix", "promises@localhost"), null, ""), Layout.Kratix));
    }

    [Theory]
    [InlineData("statestores/bucket.yaml")]
    [InlineData("statestores/bucket-test-store.yaml")]
    public void Bucket_of_a_user_is_skipped(string file) => Read(First(file)).ShouldBeOfType<SkippedDocument>().Warnings.ShouldHaveSingleItem();

    [Fact]
    public void Other_documents_beside_a_Promise_are_skipped() =>
        Read(All("promises/22-multi-doc-promise-and-namespace.yaml")[1]).ShouldBeOfType<SkippedDocument>().SkippedKind.ShouldBe("Namespace");

    [Fact]
    public void Plain_Secret_of_a_user_is_refused_unless_it_is_allowed()
    {
        var refused = FleetDocuments.Parse(First("promises/06-nginx-ingress-21deps-235k.yaml"), null, DocumentContext.Strict).Failure;
        refused.ShouldBeOfType<Failure.Invalid>().Errors.Select(e => $"{e.Rule} {e.Pointer}").ShouldBe(["secret-data /spec/dependencies/8/data"]);
    }

    [Fact]
    public void Every_file_has_a_row_here()
    {
        string[] rows =
        [
            .. Promises.Select(row => row.Data.Item1), .. Clusters.Select(row => row.Data.Item1),
            "statestores/git.yaml", "statestores/git-test-store.yaml", "statestores/bucket.yaml", "statestores/bucket-test-store.yaml",
        ];
        var root = Path.Combine(TestData.Directory, "kratix");
        TestData.Files("kratix").Select(file => Path.GetRelativePath(root, file)).ShouldBe(rows, ignoreOrder: true);
    }

    private static FleetDocument Read(JsonNode document, params string[] allowedSecrets) =>
        FleetDocuments.Parse(document, null, new(false, allowedSecrets.ToHashSet())).Match(
            read => read, failure => throw new InvalidOperationException(string.Join("; ", ((Failure.Invalid)failure).Errors)));

    private static JsonNode First(string file) => All(file)[0];

    private static IReadOnlyList<JsonNode> All(string file) =>
        [.. DocumentReader.Read(File.ReadAllBytes(Path.Combine(TestData.Directory, "kratix", file)), DocumentFormat.Yaml).Value.Select(d => d.Content)];
}
