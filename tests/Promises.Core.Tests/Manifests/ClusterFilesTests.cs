using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Promises.Manifests;
using Promises.Model;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

public sealed partial class ClusterFilesTests
{
    private static readonly ClusterSite Site = new("c1", "dev", "default", "clusters/c1", Agent.Flux, Layout.Placements, null, "main");

    [Fact]
    public void Flux_child_is_the_one_that_was_tried()
    {
        var child = FluxChild.Render(Site, "redis", ["operator", "certs"]);

        child.Path.ShouldBe("flux/redis.yaml");
        Text(child).ShouldBe("""
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata:
              annotations:
                event.toolkit.fluxcd.io/promise: redis
              labels:
                promises.dev/cluster: c1
                promises.dev/promise: redis
              name: redis
              namespace: promises-delivery
            spec:
              commonMetadata:
                labels:
                  promises.dev/promise: redis
              dependsOn:
              - name: certs
                readyExpr: has(dep.status.lastAppliedRevision)
              - name: operator
                readyExpr: has(dep.status.lastAppliedRevision)
              interval: 10m
              path: ./clusters/c1/placements/redis
              prune: true
              retryInterval: 1m
              sourceRef:
                kind: GitRepository
                name: state-store
              timeout: 2m
              wait: true

            """.ReplaceLineEndings("\n"));
        Text(FluxChild.Render(Site with { Path = "" }, "redis", [])).ShouldSatisfyAllConditions(
            text => text.ShouldContain("path: ./placements/redis\n"), text => text.ShouldNotContain("dependsOn"));
    }

    [Theory]
    [InlineData(Agent.Flux, Layout.Placements, "README.md flux/promises-cluster.yaml")]
    [InlineData(Agent.Argocd, Layout.Placements, "README.md placements/promises-cluster/promises-cluster.yaml")]
    [InlineData(Agent.Flux, Layout.Kratix, "README.md dependencies/kratix-canary-namespace.yaml resources/kratix-canary-configmap.yaml")]
    [InlineData(Agent.Argocd, Layout.Kratix, "README.md dependencies/kratix-canary-namespace.yaml resources/kratix-canary-configmap.yaml")]
    public void Cluster_has_its_files_from_registration_on_and_its_agent_always_a_manifest(Agent agent, Layout layout, string paths)
    {
        var files = ClusterFiles.Render(Site with { Agent = agent, Layout = layout }, foreignReadme: false);

        files.Select(f => f.Path).ShouldBe(paths.Split(' '));
        foreach (var manifest in files.Skip(1)) One(Text(manifest))["kind"].ShouldNotBeNull();
    }

    [Fact]
    public void Marker_says_which_cluster_this_is()
    {
        var marker = One(Text(ClusterFiles.Render(Site, foreignReadme: false)[1]));

        marker.ToJsonString().ShouldBe("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"promises-cluster","namespace":"promises-delivery"},"data":{"cluster":"c1","environment":"dev","store":"default"}}""");
    }

    [Fact]
    public void Readme_that_is_not_ours_moves_ours_aside()
    {
        ClusterFiles.Render(Site, foreignReadme: true)[0].Path.ShouldBe("PROMISES.md");
    }

    [Fact]
    public void Readme_says_which_branch_and_directory_the_agent_must_look_at()
    {
        var site = Site with { RepositoryUrl = "https://git.example.com/fleet.git", Branch = "fleet/c1" };

        Readme(site).ShouldContain("The directory `clusters/c1` of the branch `fleet/c1` holds");
        Readme(site with { Path = "" }).ShouldContain("The root of the branch `fleet/c1` holds");
        Manifests(Readme(site))[2]["spec"]!["ref"]!["branch"]!.GetValue<string>().ShouldBe("fleet/c1");
        Readme(site with { Agent = Agent.Argocd }).ShouldContain("revision: fleet/c1");
        Readme(site with { Agent = Agent.Argocd }).ShouldContain("targetRevision: fleet/c1");
    }

    [Fact]
    public void Readme_for_Flux_prints_what_to_apply_in_this_order_and_warns()
    {
        var readme = Readme(Site);
        var manifests = Manifests(readme);

        manifests.Select(m => $"{m["kind"]} {m["metadata"]!["name"]}").ShouldBe(
            ["Namespace promises-delivery", "Secret state-store-read", "GitRepository state-store", "Kustomization promises-root"]);
        manifests[2]["spec"]!["url"]!.GetValue<string>().ShouldBe("http://<promises-host>:8080/git/default.git");
        JsonNode.DeepEquals(manifests[3]["spec"], One("""
            { sourceRef: { kind: GitRepository, name: state-store }, path: ./clusters/c1/flux, interval: 10m, retryInterval: 1m, timeout: 3m, prune: true, wait: false, deletionPolicy: Orphan }
            """)).ShouldBeTrue();
        readme.ShouldContain("**deletes everything that was delivered**");
        readme.ShouldContain("deletes nothing");
        readme.ShouldContain("--requeue-dependency=5s");
        Manifests(Readme(Site with { Path = "" }))[3]["spec"]!["path"]!.GetValue<string>().ShouldBe("./flux");
    }

    [Theory]
    [InlineData("https://git.example.com/fleet.git", "https://git.example.com/fleet.git", "password")]
    [InlineData("git@git.example.com:platform/fleet.git", "ssh://git@git.example.com/platform/fleet.git", "identity")]
    [InlineData("ssh://git@git.example.com:2222/fleet.git", "ssh://git@git.example.com:2222/fleet.git", "identity")]
    [InlineData("file:///srv/fleet.git", "https://<git-host>/<path>/default.git", "password")]
    public void Readme_prints_the_address_as_Flux_takes_it_and_the_secret_it_needs(string url, string printed, string secret)
    {
        var manifests = Manifests(Readme(Site with { RepositoryUrl = url }));

        manifests[2]["spec"]!["url"]!.GetValue<string>().ShouldBe(printed);
        ((JsonObject)manifests[1]["stringData"]!).ContainsKey(secret).ShouldBeTrue();
    }

    [Fact]
    public void Readme_for_Argo_CD_prints_one_Application_for_each_placement()
    {
        var readme = Readme(Site with { Agent = Agent.Argocd });
        var set = Manifests(readme).Single(m => m["kind"]!.GetValue<string>() == "ApplicationSet");

        set["spec"]!["generators"]![0]!["git"]!["directories"]![0]!["path"]!.GetValue<string>().ShouldBe("clusters/c1/placements/*");
        set["spec"]!["template"]!["metadata"]!.ToJsonString().ShouldContain("pl-{{.path.basenameNormalized}}");
        readme.ShouldContain("--cascade=orphan");
    }

    [Theory]
    [InlineData(Agent.Flux, "./clusters/c1/dependencies ./clusters/c1/resources")]
    [InlineData(Agent.Argocd, "clusters/c1/dependencies clusters/c1/resources")]
    public void Readme_for_layout_kratix_points_at_dependencies_and_resources(Agent agent, string paths)
    {
        var manifests = Manifests(Readme(Site with { Agent = agent, Layout = Layout.Kratix })).TakeLast(2).Select(m => m["spec"]!).ToList();

        manifests.Select(s => (s["path"] ?? s["source"]!["path"])!.GetValue<string>()).ShouldBe(paths.Split(' '));
        if (agent == Agent.Flux) manifests[1]["dependsOn"]![0]!["name"]!.GetValue<string>().ShouldBe("kratix-workload-dependencies");
    }

    [Fact]
    public void Wanted_digest_moves_with_what_is_written_and_with_nothing_else()
    {
        static string Digest(ClusterSite site, params string[] dependsOn) => Renderer.WantedDigest("sha256:1", site, "redis", dependsOn, hasObjects: true);

        Digest(Site, "a", "b").ShouldBe(Digest(Site with { RepositoryUrl = "https://x/y" }, "b", "a"));
        Digest(Site, "a").ShouldNotBe(Digest(Site));
        Digest(Site).ShouldNotBe(Digest(Site with { Agent = Agent.Argocd }));
        Digest(Site).ShouldNotBe(Digest(Site with { Layout = Layout.Kratix }));
        Digest(Site with { Layout = Layout.Kratix }, "a").ShouldBe(Digest(Site with { Layout = Layout.Kratix }));
    }

    private static string Text(RenderedFile file) => Encoding.UTF8.GetString(file.Content);

    private static string Readme(ClusterSite site) => Text(ClusterFiles.Render(site, foreignReadme: false)[0]);

    private static List<JsonNode> Manifests(string readme) => [.. Yaml(Fence().Match(readme).Groups[1].Value).Value.Select(d => d.Content)];

    [GeneratedRegex("```yaml\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();
}
