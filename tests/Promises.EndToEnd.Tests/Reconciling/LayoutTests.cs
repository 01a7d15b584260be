using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Reconciling;

/// <summary>Where files lie on the branch, and what the children of Flux say, from registration to the last withdrawal.</summary>
public sealed class LayoutTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Flux_cluster_has_its_files_from_registration_and_a_child_for_each_placement_with_objects()
    {
        using var store = new OwnStore("lf");
        await store.RegisterAsync(Client, new JsonObject { ["path"] = "fleet" });
        await RegisterAsync("lf-1", "lf", store.Name);
        await store.SettledAsync(Client);
        store.Repo.Files().ShouldBe(["fleet/clusters/lf-1/README.md", "fleet/clusters/lf-1/flux/promises-cluster.yaml"]);

        await ApplyAsync(
            Promise("lf-empty", "lf"), Promise("lf-base", "lf", objects: [Namespace("lf-base")]),
            Promise("lf-top", "lf", requires: ["lf-empty", "lf-base"], objects: [Namespace("lf-top"), ConfigMap("lf-top")]));
        await store.SettledAsync(Client);
        store.Below("fleet/clusters/lf-1").Select(WithoutHash).ShouldBe(
        [
            "fleet/clusters/lf-1/README.md", "fleet/clusters/lf-1/flux/lf-base.yaml", "fleet/clusters/lf-1/flux/lf-top.yaml",
            "fleet/clusters/lf-1/flux/promises-cluster.yaml", "fleet/clusters/lf-1/placements/lf-base/00-namespace-_cluster-lf-base-HASH.yaml",
            "fleet/clusters/lf-1/placements/lf-top/00-namespace-_cluster-lf-top-HASH.yaml", "fleet/clusters/lf-1/placements/lf-top/20-configmap-default-lf-top-HASH.yaml",
        ]);
        var child = store.Documents("fleet/clusters/lf-1/flux/lf-top.yaml").ShouldHaveSingleItem();
        child["spec"]!["dependsOn"]!.ToJsonString().ShouldBe("""[{"name":"lf-base","readyExpr":"has(dep.status.lastAppliedRevision)"}]""");
        child["spec"]!["path"]!.ToString().ShouldBe("./fleet/clusters/lf-1/placements/lf-top");
        store.Documents("fleet/clusters/lf-1/flux/lf-base.yaml").Single()["spec"]!["dependsOn"].ShouldBeNull();

        // A new revision leaves the child as it is; one without objects takes the child away and frees its dependents in the same commit.
        var before = store.Repo.In("rev-parse", "main:fleet/clusters/lf-1/flux");
        await PutAsync(Promise("lf-base", "lf", objects: [Namespace("lf-base", "again")]));
        await store.SettledAsync(Client);
        store.Repo.In("rev-parse", "main:fleet/clusters/lf-1/flux").ShouldBe(before);
        var commits = store.Repo.Commits();
        await PutAsync(Promise("lf-base", "lf"));
        await store.SettledAsync(Client);
        store.Repo.Commits().ShouldBe(commits + 1);
        store.Repo.Files().ShouldNotContain(file => file.Contains("lf-base", StringComparison.Ordinal));
        store.Documents("fleet/clusters/lf-1/flux/lf-top.yaml").Single()["spec"]!["dependsOn"].ShouldBeNull();
    }

    [Fact]
    public async Task Placement_without_objects_is_written_at_once_and_touches_no_branch()
    {
        using var store = new OwnStore("le");
        await store.RegisterAsync(Client);
        await RegisterAsync("le-1", "le", store.Name);
        await store.SettledAsync(Client);
        var head = store.Repo.Head();

        var made = await Client.PostAsync("/promises", Promise("le-empty", "le"));
        made.Json["status"]!["placements"]!["Written"]!.ToString().ShouldBe("1");
        ((int?)(await Client.GetAsync($"/state-stores/{store.Name}")).Json["status"]!["pendingClusters"]).ShouldBe(0);
        var status = (await Client.GetAsync("/placements/le-empty.le-1")).Json["status"]!;
        (status["state"]!.ToString(), status["commit"]).ShouldBe(("Written", null));
        (await Client.GetAsync($"/changes/{made.Header("Promises-Change")}")).Json["status"]!["commits"]!.AsArray().ShouldBeEmpty();

        await RegisterAsync("le-2", "le", store.Name);
        await store.SettledAsync(Client);
        store.Repo.Commits().ShouldBe(2);
        (await Client.GetAsync("/placements/le-empty.le-2")).Json["status"]!["commit"].ShouldBeNull();
        store.Repo.In("rev-parse", "main~1").Trim().ShouldBe(head);
    }

    [Fact]
    public async Task Argo_cluster_has_placements_only()
    {
        using var store = new OwnStore("la");
        await store.RegisterAsync(Client);
        await ApplyAsync(Cluster("la-1", "la", new JsonObject { ["agent"] = "argocd", ["stateStore"] = new JsonObject { ["name"] = "la" } }), Promise("la-p", "la", objects: [Namespace("la-p")]));
        await store.SettledAsync(Client);
        store.Repo.Files().Select(WithoutHash).ShouldBe(
            ["clusters/la-1/README.md", "clusters/la-1/placements/la-p/00-namespace-_cluster-la-p-HASH.yaml", "clusters/la-1/placements/promises-cluster/promises-cluster.yaml"]);
        store.Repo.Show("clusters/la-1/README.md").ShouldContain("kind: ApplicationSet");
    }

    [Fact]
    public async Task Foreign_README_stays_and_ours_stands_beside_it()
    {
        using var store = new OwnStore("lr");
        store.Repo.Commit("main", "Mine", ("clusters/lr-1/README.md", "mine\n"));
        await store.RegisterAsync(Client);
        await RegisterAsync("lr-1", "lr", store.Name);
        await store.SettledAsync(Client);
        store.Repo.Files().ShouldBe(["clusters/lr-1/PROMISES.md", "clusters/lr-1/README.md", "clusters/lr-1/flux/promises-cluster.yaml"]);
        store.Repo.Show("clusters/lr-1/README.md").ShouldBe("mine\n");
        store.Repo.Show("clusters/lr-1/PROMISES.md").ShouldStartWith("# Cluster lr-1\n");
    }

    [Fact]
    public async Task README_prints_what_Flux_needs_in_the_order_in_which_it_is_to_be_applied()
    {
        using var store = new OwnStore("lp");
        await store.RegisterAsync(Client);
        await RegisterAsync("lp-1", "lp", store.Name);
        await store.SettledAsync(Client);
        var readme = store.Repo.Show("clusters/lp-1/README.md");
        var kinds = readme.Split("```")[1].Split('\n').Where(line => line.StartsWith("kind: ", StringComparison.Ordinal)).Select(line => line[6..]);
        kinds.ShouldBe(["Namespace", "Secret", "GitRepository", "Kustomization"]);
        readme.ShouldContain("name: promises-root");
        readme.ShouldContain("./clusters/lp-1/flux");
        readme.ShouldContain("**deletes everything that was delivered**");
        store.Documents("clusters/lp-1/flux/promises-cluster.yaml").Single()["data"]!.ToJsonString().ShouldBe("""{"cluster":"lp-1","environment":"ops","store":"lp"}""");
    }

    [Fact]
    public async Task Last_withdrawal_leaves_what_the_cluster_has_from_registration()
    {
        using var store = new OwnStore("lw");
        await store.RegisterAsync(Client);
        await ApplyAsync(Cluster("lw-1", "lw", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = "lw" } }), Promise("lw-p", "lw", objects: [Namespace("lw-p")]));
        await store.SettledAsync(Client);
        var refused = await Client.DeleteAsync("/promises/lw-p");
        (await Client.DeleteAsync("/promises/lw-p", ("Impact-Token", refused.Json["impactToken"]!.ToString()))).Status.ShouldBe(200);
        await store.SettledAsync(Client);
        store.Repo.Files().ShouldBe(["clusters/lw-1/README.md", "clusters/lw-1/flux/promises-cluster.yaml"]);
    }

    private async Task RegisterAsync(string name, string label, string store) => await ApplyAsync(Cluster(name, label, new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store } }));

    private async Task ApplyAsync(params JsonNode[] documents)
    {
        var reply = await Client.PostAsync("/apply", new JsonArray([.. documents]));
        reply.Status.ShouldBe(200, reply.Text);
    }

    /// <summary>Publishes, and confirms what it takes away.</summary>
    private async Task PutAsync(JsonObject promise)
    {
        var path = $"/promises/{promise["metadata"]!["name"]}";
        var reply = await Client.SendAsync("PUT", path, promise.ToJsonString());
        if (reply.Status == 409) reply = await Client.SendAsync("PUT", path, promise.ToJsonString(), headers: ("Impact-Token", reply.Json["impactToken"]!.ToString()));
        reply.Status.ShouldBe(200, reply.Text);
    }

    private static string WithoutHash(string file) => System.Text.RegularExpressions.Regex.Replace(file, "-[0-9a-f]{8}[.]yaml$", "-HASH.yaml");

    private static JsonObject Cluster(string name, string label, JsonObject spec) => new()
    {
        ["kind"] = "Cluster", ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["layout"] = label } }, ["spec"] = spec,
    };

    private static JsonObject Promise(string name, string label, string[]? requires = null, JsonObject[]? objects = null) => new()
    {
        ["kind"] = "Promise",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["placement"] = new JsonObject { ["clusterSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["layout"] = label } } },
            ["requires"] = new JsonArray([.. (requires ?? []).Select(required => (JsonNode)new JsonObject { ["promise"] = required })]),
            ["dependencies"] = new JsonArray([.. objects ?? []]),
        },
    };

    private static JsonObject Namespace(string name, string note = "") => new()
    {
        ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { ["note"] = note } },
    };

    private static JsonObject ConfigMap(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name } };
}
