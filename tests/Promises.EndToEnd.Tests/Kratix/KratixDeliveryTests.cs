using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;
using Promises.Tests;

namespace Promises.EndToEnd.Tests.Kratix;

/// <summary>What lies on the branch for documents of real users of Kratix.</summary>
public sealed class KratixDeliveryTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Objects_on_the_branch_equal_the_originals_in_both_layouts()
    {
        using var placements = new OwnStore("d2-placements");
        using var kratix = new OwnStore("d2-kratix");
        await placements.RegisterAsync(Client);
        var store = KratixFiles.Document("GitStateStore", "d2-kratix", new JsonObject { ["url"] = kratix.Repo.Url, ["path"] = "base" });
        (await Client.PostAsync("/state-stores", store)).Status.ShouldBe(201);

        var sent = new Dictionary<string, IReadOnlyList<JsonObject>>();
        foreach (var original in TestData.Files("kratix").SelectMany(KratixFiles.Read).Where(document => (string?)document["kind"] == "Promise"))
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
            var theirs = KratixFiles.Document("Destination", $"{name}-k", new JsonObject { ["path"] = name, ["stateStoreRef"] = new JsonObject { ["kind"] = "GitStateStore", ["name"] = "d2-kratix" } });
            theirs["metadata"]!["labels"] = labels.DeepClone();
            var reply = await Client.PostAsync("/apply" + KratixFiles.AllowSecret, new JsonArray(document, ours, theirs));
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

    private static List<string> Keyed(IEnumerable<JsonObject> objects) =>
        [.. objects.Select(obj => $"{Dependencies.Identify(obj)} {CanonicalJson.Write(obj)}").Order(StringComparer.Ordinal)];
}
