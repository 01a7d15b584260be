using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;
using Promises.Tests;

namespace Promises.EndToEnd.Tests.Kratix;

/// <summary>Documents of real users of Kratix, sent to a server as their users would.</summary>
public sealed class KratixDocumentTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string AllowSecret = "?allowSecret=nginx-nginx-ingress-default-server-tls";

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Every_document_of_a_user_is_taken_by_apply_and_by_the_route_of_its_kind_and_what_GET_shows_can_be_sent_back()
    {
        await CredentialAsync();
        // Stores first; Destinations last, or the second form of a Promise would take objects from them.
        foreach (var file in TestData.Files("kratix").OrderBy(file => Path.GetFileName(Path.GetDirectoryName(file)) switch { "statestores" => 0, "destinations" => 2, _ => 1 }))
        {
            // The store of this one is a bucket, which is skipped.
            if (Path.GetFileName(file) == "v0-cluster-1.yaml") continue;
            var documents = Read(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            await TakenByApplyAsync(file, documents);
            foreach (var document in documents) await TakenByRouteAsync(document);
        }
    }

    [Fact]
    public async Task Destination_of_an_unknown_store_is_refused_where_it_names_it()
    {
        var document = Read(await File.ReadAllBytesAsync(TestData.Files("kratix").Single(file => Path.GetFileName(file) == "v0-cluster-1.yaml"), TestContext.Current.CancellationToken)).Single();
        var reply = await Client.PostAsync("/clusters", document);
        reply.ShouldBeProblem(422, "invalid");
        reply.Json["errors"]![0]!["pointer"]!.ToString().ShouldBe("/spec/stateStoreRef/name");
        reply.Json["errors"]![0]!["rule"]!.ToString().ShouldBe("unknown-state-store");
    }

    [Fact]
    public async Task Objects_on_the_branch_equal_the_originals_in_both_layouts()
    {
        using var placements = new OwnStore("d2-placements");
        using var kratix = new OwnStore("d2-kratix");
        await placements.RegisterAsync(Client);
        var store = Document("GitStateStore", "d2-kratix", new JsonObject { ["url"] = kratix.Repo.Url, ["path"] = "base" });
        (await Client.PostAsync("/state-stores", store)).Status.ShouldBe(201);

        var sent = new Dictionary<string, IReadOnlyList<JsonObject>>();
        foreach (var original in TestData.Files("kratix").SelectMany(file => Read(File.ReadAllBytes(file))).Where(document => (string?)document["kind"] == "Promise"))
        {
            if ((original["spec"]?["dependencies"] ?? original["spec"]?["workerClusterResources"]) is not JsonArray { Count: > 0 } dependencies) continue;

            // Some of them are of one Promise, or define the same objects: each gets a name and two clusters of its own.
            var name = $"d2-{sent.Count}";
            var document = original.DeepClone();
            document["metadata"] = new JsonObject { ["name"] = name };
            document["spec"]!["destinationSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { ["d2"] = name } });
            document["spec"]!.AsObject().Remove("clusterSelector");
            var labels = new JsonObject { ["d2"] = name };
            var ours = new JsonObject
            {
                ["kind"] = "Cluster", ["metadata"] = new JsonObject { ["name"] = $"{name}-p", ["labels"] = labels },
                ["spec"] = new JsonObject { ["stateStore"] = new JsonObject { ["name"] = "d2-placements", ["path"] = name } },
            };
            var theirs = Document("Destination", $"{name}-k", new JsonObject { ["path"] = name, ["stateStoreRef"] = new JsonObject { ["kind"] = "GitStateStore", ["name"] = "d2-kratix" } });
            theirs["metadata"]!["labels"] = labels.DeepClone();
            var reply = await Client.PostAsync("/apply" + AllowSecret, new JsonArray(document, ours, theirs));
            reply.Status.ShouldBe(200, reply.Text);
            sent[name] = [.. dependencies.Select(dependency => (JsonObject)dependency!)];
        }

        sent.Count.ShouldBeGreaterThan(10);
        await placements.SettledAsync(Client);
        await kratix.SettledAsync(Client);
        foreach (var (name, originals) in sent)
        {
            var expected = Keyed(originals.Select(original => Dependencies.Normalize(original, out _)));
            var files = placements.Below($"{name}/placements/{name}");
            files.Length.ShouldBe(originals.Count);
            Keyed(files.SelectMany(placements.Documents)).ShouldBe(expected, name);
            kratix.Below($"base/{name}").ShouldBe(
                [$"base/{name}/README.md", $"base/{name}/dependencies/{name}/5058f/static/{name}-dependencies.yaml",
                    $"base/{name}/dependencies/kratix-canary-namespace.yaml", $"base/{name}/resources/kratix-canary-configmap.yaml"], ignoreOrder: true);
            Keyed(kratix.Documents($"base/{name}/dependencies/{name}/5058f/static/{name}-dependencies.yaml")).ShouldBe(expected, name);
        }
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
        var required = new JsonArray(new JsonObject { ["name"] = "rq-child", ["version"] = "1.2.0" }, new JsonObject { ["name"] = "rq-unknown", ["version"] = "v1" });
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
            var destination = Document("Destination", name, new JsonObject
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
        await SentBackAsync("/clusters/sm-strict", shown);
        (await Client.PostAsync("/apply", new JsonArray([.. ((string[])["sm-plain", "sm-strict", "sm-bare"]).Select(name => shown.DeepClone())]))).ShouldBeProblem(422, "invalid");
    }

    private async Task TakenByApplyAsync(string file, IReadOnlyList<JsonNode> documents)
    {
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var reply = await Client.SendAsync("POST", "/apply" + AllowSecret, text, "application/yaml");
        reply.Status.ShouldBe(200, $"{file}: {reply.Text}");
        var results = reply.Json["results"]!.AsArray();
        results.Count.ShouldBe(documents.Count);
        for (var i = 0; i < documents.Count; i++)
        {
            var (sent, result) = (documents[i], results[i]!);
            (result["kind"]!.ToString(), result["name"]!.ToString()).ShouldBe((sent["kind"]!.ToString(), sent["metadata"]!["name"]!.ToString()));
            (Route(sent) is null ? (string[])["Skipped"] : ["Created", "Updated"]).ShouldContain(result["result"]!.ToString(), file);
            foreach (var warning in result["warnings"]!.AsArray()) Found(sent, warning!["pointer"]!.ToString()).ShouldBeTrue($"{file}: {warning}");
        }

        foreach (var document in documents.Where(document => Route(document) is not null))
        {
            var path = $"{Route(document)}/{document["metadata"]!["name"]}";
            var shown = (await Client.GetAsync(path)).Json;
            shown["apiVersion"]!.ToString().ShouldBe("promises.dev/v1alpha1");
            await SentBackAsync(path, shown);
        }

        var again = await Client.SendAsync("POST", "/apply" + AllowSecret, text, "application/yaml");
        again.Header("Promises-Change").ShouldBeNull(file);
    }

    private async Task TakenByRouteAsync(JsonNode document)
    {
        var route = Route(document);
        var reply = route is null
            ? await Client.PostAsync("/promises", document)
            : await Client.SendAsync("PUT", $"{route}/{document["metadata"]!["name"]}{AllowSecret}", document.ToJsonString());
        if (route is null) reply.ShouldBeProblem(422, "invalid").Json["errors"]![0]!["rule"]!.ToString().ShouldBe("unknown-kind");
        else (reply.Status, reply.Header("Promises-Change")).ShouldBe((200, null), reply.Text);
    }

    private async Task SentBackAsync(string path, JsonNode shown)
    {
        var json = await Client.SendAsync("PUT", path + AllowSecret, shown.ToJsonString());
        (json.Status, json.Header("Promises-Change"), (string?)json.Json["metadata"]!["resourceVersion"])
            .ShouldBe((200, null, (string?)shown["metadata"]!["resourceVersion"]), json.Text);
        JsonNode.DeepEquals(json.Json["spec"], shown["spec"]).ShouldBeTrue(path);
        var yaml = await Client.GetAsync(path, ("Accept", "application/yaml"));
        var back = await Client.SendAsync("PUT", path + AllowSecret, yaml.Text, "application/yaml");
        (back.Status, back.Header("Promises-Change")).ShouldBe((200, null), back.Text);
    }

    private async Task CredentialAsync()
    {
        var spec = new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = "s3cret" };
        (await Client.PostAsync("/credentials", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "gitea-credentials" }, ["spec"] = spec })).Status.ShouldBe(201);
    }

    /// <summary>The route of a document of Kratix; null for what is skipped.</summary>
    private static string? Route(JsonNode document) => (document["apiVersion"]!.ToString(), document["kind"]!.ToString()) switch
    {
        ("platform.kratix.io/v1alpha1", "Promise") => "/promises",
        ("platform.kratix.io/v1alpha1", "Destination" or "Cluster") => "/clusters",
        ("platform.kratix.io/v1alpha1", "GitStateStore") => "/state-stores",
        _ => null,
    };

    /// <summary>Whether a warning points at something; a namespace that was filled in is what is not there.</summary>
    private static bool Found(JsonNode? node, string pointer)
    {
        foreach (var part in pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (part == "namespace") return true;
            node = node is JsonArray array ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node?[part];
        }

        return node is not null;
    }

    private static List<string> Keyed(IEnumerable<JsonObject> objects) =>
        [.. objects.Select(obj => $"{Dependencies.Identify(obj)} {CanonicalJson.Write(obj)}").Order(StringComparer.Ordinal)];

    private static List<JsonNode> Read(byte[] bytes) => [.. DocumentReader.Read(bytes, DocumentFormat.Yaml).Value.Select(document => document.Content)];

    private static JsonObject Document(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "platform.kratix.io/v1alpha1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec,
    };

    private static JsonObject Promise(string name, string dependency)
    {
        var promise = Document("Promise", name, new JsonObject
        {
            ["destinationSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { ["nobody"] = "has" } }),
            ["dependencies"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = dependency } }),
        });
        promise["metadata"]!["labels"] = new JsonObject { ["kratix.io/promise-version"] = "v1.2.0" };
        return promise;
    }
}
