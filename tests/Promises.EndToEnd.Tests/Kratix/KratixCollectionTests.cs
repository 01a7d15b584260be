using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;
using Promises.Testing;
using Promises.Tests;

namespace Promises.EndToEnd.Tests.Kratix;

/// <summary>Documents of real users of Kratix, sent to a server as their users would.</summary>
public sealed class KratixCollectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly TempDirectory _place = new();

    private ApiClient Client => fixture.Client;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Every_document_of_a_user_is_taken_by_apply_and_by_the_route_of_its_kind_and_what_GET_shows_can_be_sent_back()
    {
        await CredentialAsync();
        // Stores first; Destinations last, or the second form of a Promise would take objects from them.
        foreach (var file in TestData.Files("kratix").OrderBy(file => Path.GetFileName(Path.GetDirectoryName(file)) switch { "statestores" => 0, "destinations" => 2, _ => 1 }))
        {
            // The store of this one is a bucket, which is skipped.
            if (Path.GetFileName(file) == "v0-cluster-1.yaml") continue;
            var text = WithLocalStores(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            var documents = DocumentReader.Read(Encoding.UTF8.GetBytes(text), DocumentFormat.Yaml).Value.Select(document => document.Content).ToList();
            await TakenByApplyAsync(file, text, documents);
            foreach (var document in documents) await TakenByRouteAsync(document);
        }
    }

    /// <summary>Their Git hosts are not ours to call, so each address becomes that of a repository on this machine.</summary>
    private string WithLocalStores(string text) => Regex.Replace(text, "url: https://[^ \n]*gitea_admin/kratix[^ \n]*", _ =>
    {
        var repo = new GitRepo(_place[$"{Guid.NewGuid():N}.git"]);
        return $"url: {repo.Url}";
    });

    private async Task TakenByApplyAsync(string file, string text, IReadOnlyList<JsonNode> documents)
    {
        var reply = await Client.SendAsync("POST", "/apply" + KratixFiles.AllowSecret, text, "application/yaml");
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
            await Client.SentBackAsync(path, shown);
        }

        var again = await Client.SendAsync("POST", "/apply" + KratixFiles.AllowSecret, text, "application/yaml");
        again.Header("Promises-Change").ShouldBeNull(file);
    }

    private async Task TakenByRouteAsync(JsonNode document)
    {
        var route = Route(document);
        var reply = route is null
            ? await Client.PostAsync("/promises", document)
            : await Client.SendAsync("PUT", $"{route}/{document["metadata"]!["name"]}{KratixFiles.AllowSecret}", document.ToJsonString());
        if (route is null) reply.ShouldBeProblem(422, "invalid").Json["errors"]![0]!["rule"]!.ToString().ShouldBe("unknown-kind");
        else (reply.Status, reply.Header("Promises-Change")).ShouldBe((200, null), reply.Text);
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
}
