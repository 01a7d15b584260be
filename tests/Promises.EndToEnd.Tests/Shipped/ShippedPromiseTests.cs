using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;

namespace Promises.EndToEnd.Tests.Shipped;

/// <summary>
/// The Promises in <c>promises/</c> are taken as they are, and become what <c>expected/</c> beside each holds: the files of a cluster named demo with
/// agent Flux. <c>PROMISES_UPDATE_EXPECTED=1</c> writes these files anew.
/// </summary>
public sealed class ShippedPromiseTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Directory = "clusters/demo";

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Promises_that_ship_are_taken_without_a_warning_and_become_what_is_expected()
    {
        using var store = new OwnStore("shipped");
        await store.RegisterAsync(Client);
        var sources = System.IO.Directory.GetDirectories(Path.Combine(Root(), "promises")).Order(StringComparer.Ordinal).ToList();
        sources.ShouldNotBeEmpty();
        var files = sources.Select(source => File.ReadAllText(Path.Combine(source, "promise.yaml"))).ToList();
        var promises = files.Select(file => DocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(file), DocumentFormat.Yaml).Value.ShouldHaveSingleItem().Content).ToList();

        var reply = await Client.SendAsync("POST", "/apply", string.Concat(files), "application/yaml");
        reply.Status.ShouldBe(200, reply.Text);
        foreach (var result in reply.Json["results"]!.AsArray()) (result!["result"]!.ToString(), result["warnings"]!.AsArray().Count).ShouldBe(("Created", 0), result.ToJsonString());
        reply.Json["results"]!.AsArray().Select(result => result!["name"]!.ToString()).ShouldBe(sources.Select(source => Path.GetFileName(source)));

        (await Client.PostAsync("/clusters", Demo(promises))).Status.ShouldBe(201);
        await store.SettledAsync(Client);
        var placements = (await Client.GetAsync("/placements?cluster=demo")).Json["items"]!.AsArray();
        placements.Select(placement => $"{placement!["spec"]!["promise"]} {placement["status"]!["state"]}").ShouldBe(sources.Select(source => $"{Path.GetFileName(source)} Written"));
        foreach (var source in sources) Compare(source, Written(store, Path.GetFileName(source)));
    }

    private static void Compare(string source, Dictionary<string, string> written)
    {
        var expected = Path.Combine(source, "expected");
        if (System.Environment.GetEnvironmentVariable("PROMISES_UPDATE_EXPECTED") == "1")
        {
            if (System.IO.Directory.Exists(expected)) System.IO.Directory.Delete(expected, recursive: true);
            foreach (var (file, content) in written)
            {
                System.IO.Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(expected, file))!);
                File.WriteAllText(Path.Combine(expected, file), content);
            }
        }

        // A Promise without objects of its own, such as a composite, has no files and so no directory.
        var found = !System.IO.Directory.Exists(expected) ? [] : System.IO.Directory.GetFiles(expected, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(expected, file).Replace('\\', '/'), File.ReadAllText);
        written.Keys.ShouldBe(found.Keys, ignoreOrder: true, source);
        foreach (var (file, content) in written) content.ShouldBe(found[file], $"{source}: {file}; PROMISES_UPDATE_EXPECTED=1 writes it anew");
    }

    private static Dictionary<string, string> Written(OwnStore store, string promise) => store.Repo.Files()
        .Where(file => file.StartsWith($"{Directory}/placements/{promise}/", StringComparison.Ordinal) || file == $"{Directory}/flux/{promise}.yaml")
        .ToDictionary(file => file[(Directory.Length + 1)..], file => store.Repo.Show(file));

    /// <summary>A cluster with every label that they select by.</summary>
    private static JsonObject Demo(IEnumerable<JsonNode> promises)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in promises.SelectMany(promise => promise["spec"]!["placement"]!["clusterSelector"]?["matchLabels"] as JsonObject ?? []))
        {
            if (!key.StartsWith("promises.dev/", StringComparison.Ordinal)) labels[key] = value!.DeepClone();
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "demo", ["labels"] = labels },
            ["spec"] = new JsonObject { ["agent"] = "flux", ["stateStore"] = new JsonObject { ["name"] = "shipped" } },
        };
    }

    private static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Promises.sln"))) return directory.FullName;
        }

        throw new InvalidOperationException("The repository is not above the tests.");
    }
}
