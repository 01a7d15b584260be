using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>A state store on a repository of its own, as an engineer would bring it.</summary>
internal sealed class OwnStore : IDisposable
{
    private readonly TempDirectory _place = new();

    public OwnStore(string name) => (Name, Repo) = (name, new GitRepo(_place[$"{name}.git"]));

    public string Name { get; }

    public GitRepo Repo { get; }

    /// <param name="git">Further members of <c>spec.git</c>.</param>
    public JsonObject Document(JsonObject? git = null)
    {
        git ??= [];
        git["url"] = Repo.Url;
        return new JsonObject { ["kind"] = "StateStore", ["metadata"] = new JsonObject { ["name"] = Name }, ["spec"] = new JsonObject { ["git"] = git } };
    }

    public async Task RegisterAsync(ApiClient client, JsonObject? git = null)
    {
        var reply = await client.PostAsync("/state-stores", Document(git));
        reply.Status.ShouldBe(201, reply.Text);
    }

    /// <summary>Waits until the branch has every accepted change.</summary>
    public Task SettledAsync(ApiClient client) =>
        Wait.UntilAsync(async () => (int?)(await client.GetAsync($"/state-stores/{Name}")).Json["status"]!["pendingClusters"] == 0);

    /// <summary>Files below a directory of the branch.</summary>
    public string[] Below(string directory) => [.. Repo.Files().Where(file => file.StartsWith(directory + "/", StringComparison.Ordinal))];

    /// <summary>The documents of a file of the branch, read as we read those of clients.</summary>
    public IReadOnlyList<JsonObject> Documents(string file) =>
        [.. DocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(Repo.Show(file)), DocumentFormat.Yaml).Value.Select(document => (JsonObject)document.Content)];

    public void Dispose() => _place.Dispose();
}
