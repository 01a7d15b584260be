using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using static Promises.EndToEnd.Tests.Features.Applying.ApplyReplies;

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

        var reply = await Client.ApplyAsync(stream);
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

        var again = await Client.ApplyAsync(stream);
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

        var list = await Client.ApplyAsync("kind: List\nitems:\n- {kind: Cluster, metadata: {name: list-1, labels: {a: b}}}\n---\nkind: Cluster\nmetadata: {name: list-4}\n");
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
    public async Task Removals_of_a_stream_need_one_token_for_the_stream_as_a_whole()
    {
        const string cluster = "{kind: Cluster, metadata: {name: it-1, labels: {token: whole}}}";
        const string promise = "{kind: Promise, metadata: {name: NAME}, spec: {placement: {clusterSelector: {matchLabels: {token: whole}}}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: OBJECT}}]}}";
        string Stream(string one, string two) => string.Join("\n---\n", cluster, Named("it-a", one), Named("it-b", two));
        string Named(string name, string obj) => promise.Replace("NAME", name, StringComparison.Ordinal).Replace("OBJECT", obj, StringComparison.Ordinal);

        (await Client.ApplyAsync(Stream("it-a1", "it-b1"))).Status.ShouldBe(200);
        var next = Stream("it-a2", "it-b2");
        var plan = await Client.ApplyAsync(next, "/apply?dryRun=true");
        plan.Status.ShouldBe(200, plan.Text);
        plan.Json["kind"]!.ToString().ShouldBe("Plan");
        plan.Json["object"].ShouldBeNull();
        Results(plan).ShouldBe(["0 Cluster it-1 Unchanged", "1 Promise it-a Updated", "2 Promise it-b Updated"]);
        plan.Json["impact"]!["removals"]!.ToJsonString().ShouldBe("""[{"placement":"it-a.it-1","objects":["/Namespace//it-a1"]},{"placement":"it-b.it-1","objects":["/Namespace//it-b1"]}]""");

        var refused = await Client.ApplyAsync(next);
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
            (await op.ApplyAsync($"{{kind: Cluster, metadata: {{name: ro-1}}}}\n---\n{document}")).ShouldBeProblem(403, "forbidden");
        }

        (await Client.GetAsync("/clusters/ro-1")).Status.ShouldBe(404);
        (await op.ApplyAsync("{kind: Cluster, metadata: {name: ro-2}}")).Status.ShouldBe(200);
        (await viewer.ApplyAsync("{kind: Cluster, metadata: {name: ro-3}}")).ShouldBeProblem(403, "forbidden");
        Results(await viewer.ApplyAsync("{kind: StateStore, metadata: {name: ro-3}}", "/apply?dryRun=true")).ShouldBe(["0 StateStore ro-3 Created"]);
        (await Client.ApplyAsync("{kind: Token, metadata: {name: ro-4}, spec: {role: admin}}")).ShouldBeProblem(422, "invalid");
    }

    [Fact]
    public async Task Five_hundred_documents_are_one_change_and_one_commit_and_one_more_is_refused()
    {
        using var store = new OwnStore("many");
        await store.RegisterAsync(Client);
        var clusters = Enumerable.Range(0, 499).Select(i => $"{{kind: Cluster, metadata: {{name: many-{i}, labels: {{many: all}}}}, spec: {{stateStore: {{name: many}}}}}}");
        var stream = string.Join("\n---\n", [.. clusters, "{kind: Promise, metadata: {name: many-p}, spec: {placement: {clusterSelector: {matchLabels: {many: all}}}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: many}}]}}"]);

        var reply = await Client.ApplyAsync(stream);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Json["results"]!.AsArray().Count.ShouldBe(500);
        await store.SettledAsync(Client);
        store.Repo.Commits().ShouldBe(1);
        store.Repo.Message().ShouldStartWith("499 placements on 499 clusters: many-p added at 1");

        (await Client.ApplyAsync(stream + "\n---\n{kind: Cluster, metadata: {name: many-500}}")).ShouldBeProblem(422, "invalid");
    }

    private static JsonObject Cluster(string name) => new() { ["kind"] = "Cluster", ["metadata"] = new JsonObject { ["name"] = name } };
}
