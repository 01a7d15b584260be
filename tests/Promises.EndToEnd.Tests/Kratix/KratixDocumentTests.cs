using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Tests;

namespace Promises.EndToEnd.Tests.Kratix;

/// <summary>What a document of Kratix means here: versions in labels, required Promises, strict Destinations, unknown stores.</summary>
public sealed class KratixDocumentTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Destination_of_an_unknown_store_is_refused_where_it_names_it()
    {
        var document = KratixFiles.Read(TestData.Files("kratix").Single(file => Path.GetFileName(file) == "v0-cluster-1.yaml")).Single();
        var reply = await Client.PostAsync("/clusters", document);
        reply.ShouldBeProblem(422, "invalid");
        reply.Json["errors"]![0]!["pointer"]!.ToString().ShouldBe("/spec/stateStoreRef/name");
        reply.Json["errors"]![0]!["rule"]!.ToString().ShouldBe("unknown-state-store");
    }

    [Fact]
    public async Task Version_label_that_names_other_content_is_left_out_with_a_warning()
    {
        var first = Promise("vl", "one");
        (await Client.PostAsync("/promises", first)).Json["spec"]!["version"]!.ToString().ShouldBe("1.2.0");
        var second = await Client.SendAsync("PUT", "/promises/vl", Promise("vl", "two").ToJsonString());
        second.Status.ShouldBe(200, second.Text);
        second.Json["spec"]!["version"].ShouldBeNull();
        ((int?)second.Json["status"]!["latestRevision"]).ShouldBe(2);
        second.Json["warnings"]!.AsArray().Select(warning => warning!["pointer"]!.ToString()).ShouldBe(["/metadata/labels/kratix.io~1promise-version"]);

        // The same once more is no change, and the first content is pinned again with its version.
        (await Client.SendAsync("PUT", "/promises/vl", Promise("vl", "two").ToJsonString())).Header("Promises-Change").ShouldBeNull();
        var back = await Client.SendAsync("PUT", "/promises/vl", Promise("vl", "one").ToJsonString());
        (back.Json["spec"]!["version"]!.ToString(), (int?)back.Json["status"]!["pins"]!["ops"]).ShouldBe(("1.2.0", 1));
    }

    [Fact]
    public async Task Required_Promises_bind_where_they_are_known_and_are_kept_where_not()
    {
        var child = Promise("rq-child", "rq-child");
        var parent = Promise("rq-parent", "rq-parent");
        var required = new JsonArray(new JsonObject { ["name"] = "rq-child", ["version"] = "1.2.0" }, new JsonObject { ["name"] = "rq-unknown", ["version"] = "latest" });
        parent["spec"]!["requiredPromises"] = required;

        var alone = await Client.PostAsync("/promises?dryRun=true", parent);
        alone.Status.ShouldBe(200, alone.Text);
        alone.Json["object"]!["spec"]!["requires"].ShouldBeNull();

        var reply = await Client.PostAsync("/apply", new JsonArray(parent.DeepClone(), child));
        reply.Json["results"]![0]!["warnings"]!.AsArray().Select(warning => $"{warning!["code"]} {warning["pointer"]}")
            .ShouldBe(["version-dropped /spec/requiredPromises/1/version", "unknown-promise /spec/requiredPromises/1/name"], ignoreOrder: true);
        var shown = (await Client.GetAsync("/promises/rq-parent")).Json["spec"]!;
        shown["requires"]!.ToJsonString().ShouldBe("""[{"promise":"rq-child","version":"=1.2.0"}]""");
        JsonNode.DeepEquals(shown["kratix"]!["requiredPromises"], new JsonArray(required[1]!.DeepClone())).ShouldBeTrue(shown.ToJsonString());
    }

    [Fact]
    public async Task Destination_without_a_selector_s_label_is_taken_unless_it_is_strict()
    {
        var everywhere = Promise("sm", "sm");
        everywhere["spec"]!.AsObject().Remove("destinationSelectors");
        var stream = new JsonArray(everywhere);
        foreach (var (name, strict, label) in ((string, bool, bool)[])[("sm-plain", false, true), ("sm-strict", true, true), ("sm-bare", true, false)])
        {
            var destination = KratixFiles.Document("Destination", name, new JsonObject
            {
                ["path"] = $"/{name}/", ["strictMatchLabels"] = strict, ["stateStoreRef"] = new JsonObject { ["kind"] = "BucketStateStore", ["name"] = "default" },
            });
            if (label) destination["metadata"]!["labels"] = new JsonObject { ["sm"] = "x" };
            stream.Add(destination);
        }

        (await Client.PostAsync("/apply", stream)).Status.ShouldBe(200);
        var verdicts = (await Client.GetAsync("/explain?promise=sm")).Json["items"]!.AsArray().Where(item => item!["cluster"]!.ToString().StartsWith("sm-", StringComparison.Ordinal));
        verdicts.Select(item => $"{item!["cluster"]} {item["outcome"]}").ShouldBe(["sm-bare Placed", "sm-plain Placed", "sm-strict NotPlaced"]);

        var shown = (await Client.GetAsync("/clusters/sm-strict")).Json;
        (shown["apiVersion"]!.ToString(), shown["kind"]!.ToString()).ShouldBe(("promises.dev/v1alpha1", "Cluster"));
        shown["spec"]!.ToJsonString().ShouldBe("""{"environment":"ops","stateStore":{"name":"default","path":"sm-strict"},"agent":"flux","cordoned":false,"strictMatchLabels":true}""");
        await Client.SentBackAsync("/clusters/sm-strict", shown);
        (await Client.PostAsync("/apply", new JsonArray([.. ((string[])["sm-plain", "sm-strict", "sm-bare"]).Select(name => shown.DeepClone())]))).ShouldBeProblem(422, "invalid");
    }

    private static JsonObject Promise(string name, string dependency)
    {
        var promise = KratixFiles.Document("Promise", name, new JsonObject
        {
            ["destinationSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { ["nobody"] = "has" } }),
            ["dependencies"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = dependency } }),
        });
        promise["metadata"]!["labels"] = new JsonObject { ["kratix.io/promise-version"] = "v1.2.0" };
        return promise;
    }
}
