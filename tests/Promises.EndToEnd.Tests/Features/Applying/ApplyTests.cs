using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Features.Applying;

/// <summary><c>POST /apply</c>: what is taken, what each document becomes, and that it is one change or none.</summary>
public sealed class ApplyTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Stream_in_any_order_is_one_change_and_one_commit()
    {
        using var store = new OwnStore("any-order");
        var stream = $$$$"""
            kind: Promise
            metadata: {name: ao-app}
            spec:
              placement: {clusterSelector: {matchLabels: {order: any}}}
              requires: [{promise: ao-base}]
              includes: [{promise: ao-extra}]
              dependencies: [{apiVersion: v1, kind: ConfigMap, metadata: {name: ao-app}}]
            ---
            kind: Cluster
            metadata: {name: ao-1, labels: {order: any}}
            spec: {environment: ao-lab, stateStore: {name: any-order}}
            ---
            # a document that says nothing
            ---
            kind: Promise
            metadata: {name: ao-extra}
            spec: {placement: {onlyIncluded: true}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: ao-extra}}]}
            ---
            kind: Promise
            metadata: {name: ao-base}
            spec: {placement: {clusterSelector: {matchLabels: {order: any}}}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: ao-base}}]}
            ---
            {kind: StateStore, metadata: {name: any-order}, spec: {git: {url: "{{{{store.Repo.Url}}}}", credentialsRef: ao-cred}}}
            ---
            {kind: Credential, metadata: {name: ao-cred}, spec: {type: token, username: x, token: s3cret}}
            ---
            {kind: Environment, metadata: {name: ao-lab}, spec: {position: 5, audience: internal}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: foreign}}
            """;

        var reply = await ApplyAsync(stream);
        reply.Status.ShouldBe(200, reply.Text);
        Results(reply).ShouldBe(
        [
            "0 Promise ao-app Created", "1 Cluster ao-1 Created", "2 Promise ao-extra Created", "3 Promise ao-base Created",
            "4 StateStore any-order Created", "5 Credential ao-cred Created", "6 Environment ao-lab Created", "7 ConfigMap foreign Skipped",
        ]);
        reply.Json["kind"]!.ToString().ShouldBe("ApplyResult");
        Warnings(reply, 0).ShouldBe(["namespace-filled /spec/dependencies/0/metadata/namespace"]);
        Warnings(reply, 7).ShouldBe(["skipped /kind"]);

        await store.SettledAsync(Client);
        store.Repo.Commits().ShouldBe(1);
        store.Repo.Message().ShouldContain($"Promises-Change: {reply.Header("Promises-Change")}\n");
        store.Repo.Files().ShouldContain("clusters/ao-1/flux/ao-app.yaml");

        var again = await ApplyAsync(stream);
        again.Header("Promises-Change").ShouldBeNull();
        Results(again).Select(result => result.Split(' ')[3]).Distinct().ShouldBe(["Unchanged", "Skipped"]);
        Warnings(again, 0).ShouldBe(["namespace-filled /spec/dependencies/0/metadata/namespace"]);
        store.Repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task Arrays_and_Lists_count_as_the_documents_in_them()
    {
        var array = await Client.PostAsync("/apply", new JsonArray(Cluster("list-1"), new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["items"] = new JsonArray(Cluster("list-2"), Cluster("list-3")) }));
        Results(array).ShouldBe(["0 Cluster list-1 Created", "1 Cluster list-2 Created", "2 Cluster list-3 Created"]);

        var list = await ApplyAsync("kind: List\nitems:\n- {kind: Cluster, metadata: {name: list-1, labels: {a: b}}}\n---\nkind: Cluster\nmetadata: {name: list-4}\n");
        Results(list).ShouldBe(["0 Cluster list-1 Updated", "1 Cluster list-4 Created"]);

        var own = (await Client.GetAsync("/clusters?limit=1000")).Json;
        var back = await Client.PostAsync("/apply", own);
        back.Status.ShouldBe(200, back.Text);
        Results(back).Count.ShouldBe(own["items"]!.AsArray().Count);
        back.Header("Promises-Change").ShouldBeNull();

        foreach (var nothing in (string[])["[]", """{"kind": "List", "items": []}"""])
        {
            var empty = await Client.SendAsync("POST", "/apply", nothing);
            (empty.Status, empty.Header("Promises-Change"), Results(empty).Count).ShouldBe((200, null, 0));
        }
    }

    [Fact]
    public async Task Every_mistake_of_every_document_is_listed_and_nothing_changes()
    {
        var reply = await ApplyAsync(
            """
            {kind: Cluster, metadata: {name: em-good}}
            ---
            {kind: Cluster, metadata: {name: em-1, labels: {"Team!": A}}, spec: {enviroment: ops}}
            ---
            {kind: Clusterr, metadata: {name: em-2}}
            ---
            {kind: Cluster, metadata: {name: em-good}}
            ---
            {kind: Cluster, metadata: {name: em-3}, spec: {environment: nope, stateStore: {name: nope}}}
            ---
            {kind: StateStore, metadata: {name: em-store}, spec: {git: {url: "ftp://x"}}}
            ---
            {kind: Cluster, metadata: {name: em-4}, spec: {stateStore: {name: em-store}}}
            ---
            {kind: Promise, metadata: {name: em-p}, spec: {placement: {allClusters: true}, requires: [{promise: em-q}]}}
            ---
            {kind: Promise, metadata: {name: em-q}, spec: {placement: {allClusters: true, onlyIncluded: true}}}
            ---
            5
            ---
            {apiVersion: platform.kratix.io/v1alpha1, kind: BucketStateStore, metadata: {name: em-bucket}, spec: {}}
            """);

        reply.ShouldBeProblem(422, "invalid");
        Errors(reply).ShouldBe(
        [
            "1 label-key /metadata/labels/Team!", "1 unknown-field /spec/enviroment", "2 unknown-kind /kind", "3 duplicate-object /metadata/name",
            "4 unknown-environment /spec/environment", "4 unknown-state-store /spec/stateStore/name", "5 url /spec/git/url",
            "6 unknown-state-store /spec/stateStore/name", "7 unknown-promise /spec/requires/0/promise", "8 placement-ambiguous /spec/placement", "9 wrong-type ",
        ]);
        foreach (var (index, meant) in ((int, string)[])[(6, "Document 5"), (7, "Document 8")])
            reply.Json["errors"]!.AsArray().Single(error => (int)error!["document"]! == index)!["remedy"]!.ToString().ShouldStartWith(meant);
        Results(reply).ShouldBe(
        [
            "0 Cluster em-good Created", "1 Cluster em-1 Invalid", "2 Clusterr em-2 Invalid", "3 Cluster em-good Invalid", "4 Cluster em-3 Invalid",
            "5 StateStore em-store Invalid", "6 Cluster em-4 Invalid", "7 Promise em-p Invalid", "8 Promise em-q Invalid", "9   Invalid", "10 BucketStateStore em-bucket Skipped",
        ]);
        (await Client.GetAsync("/clusters/em-good")).Status.ShouldBe(404);
        (await ApplyAsync("{kind: Cluster, metadata: {name: em-1}, spec: {enviroment: ops}}", "/apply?dryRun=true")).ShouldBeProblem(422, "invalid").Json["results"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Mistakes_that_show_in_reading_stand_beside_those_of_other_documents()
    {
        var yaml = await ApplyAsync("{kind: Cluster, metadata: {name: rd-1}}\n---\n{kind: Cluster, metadata: {name: rd-2, name: rd-3}}\n---\n{kind: Cluster, metadata: {name: rd-4}, spec: {enviroment: x}}\n");
        yaml.ShouldBeProblem(422, "invalid");
        Errors(yaml).ShouldBe(["1 duplicate-key /metadata/name", "2 unknown-field /spec/enviroment"]);
        Results(yaml).ShouldBe(["0 Cluster rd-1 Created", "1 Cluster rd-2 Invalid", "2 Cluster rd-4 Invalid"]);

        var json = await Client.SendAsync("POST", "/apply", """[{"kind":"Cluster","metadata":{"name":"rd-1"}},{"kind":"List","items":[{"kind":"Cluster","metadata":{"name":"rd-5"}},{"kind":"Cluster","metadata":{"name":"rd-6","name":"rd-7"}}]}]""");
        json.ShouldBeProblem(422, "invalid");
        Errors(json).ShouldBe(["2 duplicate-key /metadata/name"]);
        Results(json).ShouldBe(["0 Cluster rd-1 Created", "1 Cluster rd-5 Created", "2 Cluster rd-6 Invalid"]);

        var deep = await ApplyAsync($"{{kind: Cluster, metadata: {{name: rd-8}}}}\n---\na: {new string('[', 70)}{new string(']', 70)}\n");
        deep.ShouldBeProblem(422, "invalid");
        Errors(deep).Single().ShouldStartWith("1 too-deep ");
        Results(deep).ShouldBe(["0 Cluster rd-8 Created", "1   Invalid"]);
        (await Client.GetAsync("/clusters/rd-1")).Status.ShouldBe(404);

        (await ApplyAsync("a: [\n")).ShouldBeProblem(400, "malformed");
    }

    [Fact]
    public async Task Conflict_names_its_document_and_mistakes_of_others_come_first()
    {
        const string promise = "{kind: Promise, metadata: {name: vr}, spec: {version: 1.0.0, placement: {onlyIncluded: true}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: NAME}}]}}";
        (await ApplyAsync(promise.Replace("NAME", "one", StringComparison.Ordinal))).Status.ShouldBe(200);
        var other = promise.Replace("NAME", "two", StringComparison.Ordinal);

        var reused = await ApplyAsync("{kind: Cluster, metadata: {name: vr-1}}\n---\n" + other);
        reused.ShouldBeProblem(409, "version-reused");
        ((int?)reused.Json["document"]).ShouldBe(1);
        Errors(reused).ShouldBe(["1 version /spec/version"]);
        Results(reused).ShouldBe(["0 Cluster vr-1 Created", "1 Promise vr Invalid"]);

        var both = await ApplyAsync("{kind: Cluster, metadata: {name: vr-1}, spec: {enviroment: x}}\n---\n" + other);
        both.ShouldBeProblem(422, "invalid");
        Errors(both).ShouldBe(["0 unknown-field /spec/enviroment", "1 version /spec/version"]);

        var stale = await ApplyAsync("{kind: Promise, metadata: {name: vr, resourceVersion: '1'}, spec: {placement: {onlyIncluded: true}}}");
        stale.ShouldBeProblem(409, "stale-resource-version");
        ((int?)stale.Json["document"]).ShouldBe(0);
        Results(stale).ShouldBe(["0 Promise vr Invalid"]);
        (await Client.GetAsync("/clusters/vr-1")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Removals_of_a_stream_need_one_token_for_the_stream_as_a_whole()
    {
        const string cluster = "{kind: Cluster, metadata: {name: it-1, labels: {token: whole}}}";
        const string promise = "{kind: Promise, metadata: {name: NAME}, spec: {placement: {clusterSelector: {matchLabels: {token: whole}}}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: OBJECT}}]}}";
        string Stream(string one, string two) => string.Join("\n---\n", cluster, Named("it-a", one), Named("it-b", two));
        string Named(string name, string obj) => promise.Replace("NAME", name, StringComparison.Ordinal).Replace("OBJECT", obj, StringComparison.Ordinal);

        (await ApplyAsync(Stream("it-a1", "it-b1"))).Status.ShouldBe(200);
        var next = Stream("it-a2", "it-b2");
        var plan = await ApplyAsync(next, "/apply?dryRun=true");
        plan.Status.ShouldBe(200, plan.Text);
        plan.Json["kind"]!.ToString().ShouldBe("Plan");
        plan.Json["object"].ShouldBeNull();
        Results(plan).ShouldBe(["0 Cluster it-1 Unchanged", "1 Promise it-a Updated", "2 Promise it-b Updated"]);
        plan.Json["impact"]!["removals"]!.ToJsonString().ShouldBe("""[{"placement":"it-a.it-1","objects":["/Namespace//it-a1"]},{"placement":"it-b.it-1","objects":["/Namespace//it-b1"]}]""");

        var refused = await ApplyAsync(next);
        refused.ShouldBeProblem(409, "impact-confirmation-required");
        Results(refused).ShouldBe(Results(plan));
        refused.Json["errors"]!.AsArray().ShouldBeEmpty();
        JsonNode.DeepEquals(refused.Json["impact"], plan.Json["impact"]).ShouldBeTrue();
        refused.Json["expiresAt"]!.ToString().ShouldNotBeEmpty();

        var token = ("Impact-Token", plan.Json["impactToken"]!.ToString());
        (await Client.SendAsync("POST", "/apply", Stream("it-a2", "it-b3"), "application/yaml", token)).ShouldBeProblem(409, "impact-confirmation-required");
        var done = await Client.SendAsync("POST", "/apply", next, "application/yaml", token);
        done.Status.ShouldBe(200, done.Text);
        Results(done).ShouldBe(Results(plan));
        done.Header("Promises-Change").ShouldNotBeNull();
    }

    [Fact]
    public async Task Roles_hold_for_each_document()
    {
        var (op, viewer) = (await Client.AsAsync("operator"), await Client.AsAsync("viewer"));
        foreach (var document in (string[])
            [
                "{kind: StateStore, metadata: {name: ro-1}}", "{kind: Environment, metadata: {name: ro-1}, spec: {position: 7, audience: internal}}",
                "{kind: Credential, metadata: {name: ro-1}, spec: {type: token, username: x, token: y}}", "{kind: StateStore, metadata: {name: ro-1}, spec: {bad: 1}}",
                "{apiVersion: platform.kratix.io/v1alpha1, kind: GitStateStore, metadata: {name: ro-1}, spec: {url: 'https://git.example.com/x'}}",
            ])
        {
            (await ApplyAsync($"{{kind: Cluster, metadata: {{name: ro-1}}}}\n---\n{document}", client: op)).ShouldBeProblem(403, "forbidden");
        }

        (await Client.GetAsync("/clusters/ro-1")).Status.ShouldBe(404);
        (await ApplyAsync("{kind: Cluster, metadata: {name: ro-2}}", client: op)).Status.ShouldBe(200);
        (await ApplyAsync("{kind: Cluster, metadata: {name: ro-3}}", client: viewer)).ShouldBeProblem(403, "forbidden");
        Results(await ApplyAsync("{kind: StateStore, metadata: {name: ro-3}}", "/apply?dryRun=true", viewer)).ShouldBe(["0 StateStore ro-3 Created"]);
        (await ApplyAsync("{kind: Token, metadata: {name: ro-4}, spec: {role: admin}}")).ShouldBeProblem(422, "invalid");
    }

    [Fact]
    public async Task Five_hundred_documents_are_one_change_and_one_commit_and_one_more_is_refused()
    {
        using var store = new OwnStore("many");
        await store.RegisterAsync(Client);
        var clusters = Enumerable.Range(0, 499).Select(i => $"{{kind: Cluster, metadata: {{name: many-{i}, labels: {{many: all}}}}, spec: {{stateStore: {{name: many}}}}}}");
        var stream = string.Join("\n---\n", [.. clusters, "{kind: Promise, metadata: {name: many-p}, spec: {placement: {clusterSelector: {matchLabels: {many: all}}}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: many}}]}}"]);

        var reply = await ApplyAsync(stream);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Json["results"]!.AsArray().Count.ShouldBe(500);
        await store.SettledAsync(Client);
        store.Repo.Commits().ShouldBe(1);
        store.Repo.Message().ShouldStartWith("499 placements on 499 clusters: many-p added at 1");

        (await ApplyAsync(stream + "\n---\n{kind: Cluster, metadata: {name: many-500}}")).ShouldBeProblem(422, "invalid");
    }

    private Task<Reply> ApplyAsync(string yaml, string path = "/apply", ApiClient? client = null) => (client ?? Client).SendAsync("POST", path, yaml, "application/yaml");

    private static JsonObject Cluster(string name) => new() { ["kind"] = "Cluster", ["metadata"] = new JsonObject { ["name"] = name } };

    private static List<string> Results(Reply reply) =>
        [.. reply.Json["results"]!.AsArray().Select(result => $"{result!["document"]} {result["kind"]} {result["name"]} {result["result"]}")];

    private static List<string> Errors(Reply reply) =>
        [.. reply.Json["errors"]!.AsArray().Select(error => $"{error!["document"]} {error["rule"]} {error["pointer"]}")];

    private static List<string> Warnings(Reply reply, int document) =>
        [.. reply.Json["results"]![document]!["warnings"]!.AsArray().Select(warning => $"{warning!["code"]} {warning["pointer"]}")];
}
