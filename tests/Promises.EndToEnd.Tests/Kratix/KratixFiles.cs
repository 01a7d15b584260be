using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Manifests;

namespace Promises.EndToEnd.Tests.Kratix;

/// <summary>Documents of Kratix, real ones and made ones.</summary>
internal static class KratixFiles
{
    /// <summary>One of the real documents brings a Secret.</summary>
    public const string AllowSecret = "?allowSecret=nginx-nginx-ingress-default-server-tls";

    public static IReadOnlyList<JsonNode> Read(string file) => [.. DocumentReader.Read(File.ReadAllBytes(file), DocumentFormat.Yaml).Value.Select(document => document.Content)];

    public static JsonObject Document(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "platform.kratix.io/v1alpha1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec,
    };

    /// <summary>What GET shows can be sent back, in JSON and in YAML, and changes nothing.</summary>
    public static async Task SentBackAsync(this ApiClient client, string path, JsonNode shown)
    {
        var json = await client.SendAsync("PUT", path + AllowSecret, shown.ToJsonString());
        (json.Status, json.Header("Promises-Change"), (string?)json.Json["metadata"]!["resourceVersion"])
            .ShouldBe((200, null, (string?)shown["metadata"]!["resourceVersion"]), json.Text);
        JsonNode.DeepEquals(json.Json["spec"], shown["spec"]).ShouldBeTrue(path);
        var yaml = await client.GetAsync(path, ("Accept", "application/yaml"));
        var back = await client.SendAsync("PUT", path + AllowSecret, yaml.Text, "application/yaml");
        (back.Status, back.Header("Promises-Change")).ShouldBe((200, null), back.Text);
    }
}
