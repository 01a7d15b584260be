using Promises.EndToEnd.Tests.Support;
using static Promises.EndToEnd.Tests.Features.Applying.ApplyReplies;

namespace Promises.EndToEnd.Tests.Features.Applying;

/// <summary><c>POST /apply</c> of documents that are wrong: all of it is said at once, and nothing is done.</summary>
public sealed class ApplyMistakeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Every_mistake_of_every_document_is_listed_and_nothing_changes()
    {
        var reply = await Client.ApplyAsync(
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
        (await Client.ApplyAsync("{kind: Cluster, metadata: {name: em-1}, spec: {enviroment: ops}}", "/apply?dryRun=true")).ShouldBeProblem(422, "invalid").Json["results"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Mistakes_that_show_in_reading_stand_beside_those_of_other_documents()
    {
        var yaml = await Client.ApplyAsync("{kind: Cluster, metadata: {name: rd-1}}\n---\n{kind: Cluster, metadata: {name: rd-2, name: rd-3}}\n---\n{kind: Cluster, metadata: {name: rd-4}, spec: {enviroment: x}}\n");
        yaml.ShouldBeProblem(422, "invalid");
        Errors(yaml).ShouldBe(["1 duplicate-key /metadata/name", "2 unknown-field /spec/enviroment"]);
        Results(yaml).ShouldBe(["0 Cluster rd-1 Created", "1 Cluster rd-2 Invalid", "2 Cluster rd-4 Invalid"]);

        var json = await Client.SendAsync("POST", "/apply", """[{"kind":"Cluster","metadata":{"name":"rd-1"}},{"kind":"List","items":[{"kind":"Cluster","metadata":{"name":"rd-5"}},{"kind":"Cluster","metadata":{"name":"rd-6","name":"rd-7"}}]}]""");
        json.ShouldBeProblem(422, "invalid");
        Errors(json).ShouldBe(["2 duplicate-key /metadata/name"]);
        Results(json).ShouldBe(["0 Cluster rd-1 Created", "1 Cluster rd-5 Created", "2 Cluster rd-6 Invalid"]);

        var deep = await Client.ApplyAsync($"{{kind: Cluster, metadata: {{name: rd-8}}}}\n---\na: {new string('[', 70)}{new string(']', 70)}\n");
        deep.ShouldBeProblem(422, "invalid");
        Errors(deep).Single().ShouldStartWith("1 too-deep ");
        Results(deep).ShouldBe(["0 Cluster rd-8 Created", "1   Invalid"]);
        (await Client.GetAsync("/clusters/rd-1")).Status.ShouldBe(404);

        (await Client.ApplyAsync("a: [\n")).ShouldBeProblem(400, "malformed");
    }

    [Fact]
    public async Task Conflict_names_its_document_and_mistakes_of_others_come_first()
    {
        const string promise = "{kind: Promise, metadata: {name: vr}, spec: {version: 1.0.0, placement: {onlyIncluded: true}, dependencies: [{apiVersion: v1, kind: Namespace, metadata: {name: NAME}}]}}";
        (await Client.ApplyAsync(promise.Replace("NAME", "one", StringComparison.Ordinal))).Status.ShouldBe(200);
        var other = promise.Replace("NAME", "two", StringComparison.Ordinal);

        var reused = await Client.ApplyAsync("{kind: Cluster, metadata: {name: vr-1}}\n---\n" + other);
        reused.ShouldBeProblem(409, "version-reused");
        ((int?)reused.Json["document"]).ShouldBe(1);
        Errors(reused).ShouldBe(["1 version /spec/version"]);
        Results(reused).ShouldBe(["0 Cluster vr-1 Created", "1 Promise vr Invalid"]);

        var both = await Client.ApplyAsync("{kind: Cluster, metadata: {name: vr-1}, spec: {enviroment: x}}\n---\n" + other);
        both.ShouldBeProblem(422, "invalid");
        Errors(both).ShouldBe(["0 unknown-field /spec/enviroment", "1 version /spec/version"]);

        var stale = await Client.ApplyAsync("{kind: Promise, metadata: {name: vr, resourceVersion: '1'}, spec: {placement: {onlyIncluded: true}}}");
        stale.ShouldBeProblem(409, "stale-resource-version");
        ((int?)stale.Json["document"]).ShouldBe(0);
        Results(stale).ShouldBe(["0 Promise vr Invalid"]);
        (await Client.GetAsync("/clusters/vr-1")).Status.ShouldBe(404);
    }
}
