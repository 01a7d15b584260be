using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A full disk is said and survived, wherever it is; on real file systems of a few megabytes.</summary>
public sealed class DiskFullTests(TestPostgres postgres) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_mirror_without_room_is_a_condition_of_its_store_until_there_is_some(int pages)
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        using var disk = new SmallDisk(Path.Combine(server.DataDirectory, "mirrors"));
        var api = server.Client;
        var repository = new GitRepo(_place["fleet.git"]);
        await RegisterAsync(api, "fleet", repository.Url);
        await ClusterAsync(api, "a", "fleet");
        await api.SettledAsync();
        var (head, files) = (repository.Head(), repository.Files());

        disk.Fill(pages);
        await ClusterAsync(api, "b", "fleet", objects: 20);
        var ready = await FullAsync(api, "fleet");
        ((string?)ready["message"])!.ShouldContain($"The disk of {disk.Path} has 0 MB left of 4.2.");
        repository.Head().ShouldBe(head);

        // An embedded store has its repository elsewhere.
        await ClusterAsync(api, "e", "default");
        await Wait.UntilAsync(async () => (int)(await StatusAsync(api, "default"))["pendingClusters"]! == 0);

        disk.Free();
        await Wait.UntilAsync(async () => (int)(await StatusAsync(api, "fleet"))["pendingClusters"]! == 0, Patience);
        repository.In("rev-parse", "main~1").Trim().ShouldBe(head);
        files.ShouldBeSubsetOf(repository.Files());
        repository.Files().Count(file => file.StartsWith("clusters/b/placements/", StringComparison.Ordinal)).ShouldBe(20);
        repository.In("fsck", "--strict");
        // Objects that were begun go when the repository rests.
        Directory.EnumerateFiles(disk.Path, "*", SearchOption.AllDirectories).ShouldNotContain(file => file.Contains("tmp_pack") || file.Contains("crash") || file.EndsWith(".lock"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Repositories_that_could_not_be_made_for_want_of_room_are_made_later(int pages)
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        using var mirrors = new SmallDisk(Path.Combine(server.DataDirectory, "mirrors"));
        using var stores = new SmallDisk(Path.Combine(server.DataDirectory, "stores"));
        var api = server.Client;
        var repository = new GitRepo(_place["fleet.git"]);
        repository.Commit("main", "theirs", ("notes.md", "mine"));
        mirrors.Fill(pages);
        stores.Fill(pages);

        await RegisterAsync(api, "fleet", repository.Url);
        await ClusterAsync(api, "a", "fleet");
        await ClusterAsync(api, "e", "default");
        await FullAsync(api, "fleet");
        await FullAsync(api, "default");
        repository.Commits().ShouldBe(1);

        mirrors.Free();
        stores.Free();
        await Wait.UntilAsync(async () => (await api.GetAsync("/state-stores")).Json["items"]!.AsArray().All(store => (int)store!["status"]!["pendingClusters"]! == 0), Patience);
        repository.Commits().ShouldBe(2);
        repository.Files().ShouldContain("clusters/a/README.md");
        server.Embedded().Files().ShouldContain("clusters/e/README.md");
        server.Embedded().In("fsck", "--strict");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Git_host_without_room_is_a_condition_of_its_store_until_there_is_some(bool overHttp)
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        using var disk = new SmallDisk(_place["host"]);
        var api = server.Client;
        var repository = new GitRepo(Path.Combine(disk.Path, "fleet.git"));
        await using var host = new GitHttpServer(disk.Path);
        await RegisterAsync(api, "fleet", overHttp ? host.Url("fleet") : repository.Url);
        await ClusterAsync(api, "a", "fleet");
        await api.SettledAsync();
        var head = repository.Head();

        disk.Fill();
        await ClusterAsync(api, "b", "fleet", objects: 20);
        var ready = await FullAsync(api, "fleet");
        ((string?)ready["message"])!.ShouldContain("No space left on device");
        repository.Head().ShouldBe(head);
        repository.In("fsck", "--strict");

        disk.Free();
        await Wait.UntilAsync(async () => (int)(await StatusAsync(api, "fleet"))["pendingClusters"]! == 0, Patience);
        repository.In("rev-parse", "main~1").Trim().ShouldBe(head);
        repository.In("fsck", "--strict");
    }

    private static Task RegisterAsync(ApiClient api, string store, string url) =>
        api.DoneAsync("PUT", $"/state-stores/{store}", Fleet.Node($$"""{"spec": {"git": {"url": "{{url}}"} } }"""));

    /// <param name="objects">Of a Promise for it alone.</param>
    private static async Task ClusterAsync(ApiClient api, string cluster, string store, int objects = 0)
    {
        if (objects > 0) await api.DoneAsync("PUT", $"/promises/{cluster}", Fleet.Promise(cluster, Fleet.Selecting("only", cluster), string.Join(',', Enumerable.Range(0, objects).Select(i => $"m{i}"))));
        await api.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, $"only={cluster}", $$""" "stateStore": {"name": "{{store}}"} """));
    }

    private static async Task<JsonNode> FullAsync(ApiClient api, string store)
    {
        JsonNode ready = null!;
        await Wait.UntilAsync(async () => (string?)(ready = (await StatusAsync(api, store))["conditions"]![0]!)["status"] == "False");
        ((string?)ready["reason"]).ShouldBe("DiskFull", (string?)ready["message"]);
        return ready;
    }

    private static async Task<JsonNode> StatusAsync(ApiClient api, string store) => (await api.GetAsync($"/state-stores/{store}")).Json["status"]!;
}
