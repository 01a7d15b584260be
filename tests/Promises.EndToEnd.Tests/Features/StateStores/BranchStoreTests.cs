using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>A store with a branch per cluster, as clients see it.</summary>
public sealed class BranchStoreTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly OwnStore _store = new(Fleet.Name("bs"));

    private ApiClient Client => fixture.Client;

    private string Name => _store.Name;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Cluster_says_which_branch_and_path_its_agent_must_look_at()
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}", "base"));
        var registered = await RegisterAsync("a");

        (registered.Text("/status/branch"), registered.Text("/status/path")).ShouldBe(($"fleet/{Name}-a", $"base/clusters/{Name}-a"));
        var got = await Client.GetAsync($"/clusters/{Name}-a");
        (got.Text("/status/branch"), got.Text("/status/path")).ShouldBe(($"fleet/{Name}-a", $"base/clusters/{Name}-a"));
        (await Client.PutAsync($"/clusters/{Name}-a/labels/team", new JsonObject { ["value"] = "A" })).Text("/status/branch").ShouldBe($"fleet/{Name}-a");
        var listed = (await Client.GetAsync("/clusters?limit=1000")).Json["items"]!.AsArray().Single(item => (string)item!["metadata"]!["name"]! == $"{Name}-a")!;
        ((string)listed["status"]!["branch"]!).ShouldBe($"fleet/{Name}-a");
        (await Client.GetAsync($"/state-stores/{Name}")).Text("/status/branch").ShouldBe("fleet/{cluster}");
        (await Client.PostAsync("/clusters?dryRun=true", Fleet.Cluster($"{Name}-dry", "", At()))).Text("/object/status/branch").ShouldBe($"fleet/{Name}-dry");

        await _store.SettledAsync(Client);
        var readme = _store.Repo.Show($"base/clusters/{Name}-a/README.md", $"fleet/{Name}-a");
        readme.ShouldContain($"branch: fleet/{Name}-a");
        readme.ShouldContain($"`base/clusters/{Name}-a` of the branch `fleet/{Name}-a`");
        await RegisterOnAsync("default", $"{Name}-embedded");
        (await Client.GetAsync($"/clusters/{Name}-embedded")).Text("/status/branch").ShouldBe("main");
    }

    [Fact]
    public async Task Change_lists_the_commit_on_each_branch_and_placements_theirs()
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}"));
        foreach (var cluster in (string[])["a", "b", "c"]) await RegisterAsync(cluster, cluster == "c" ? "" : $"{Name}=on");
        await _store.SettledAsync(Client);

        var promise = await Client.PostAsync("/promises", Fleet.Promise($"{Name}-p", Fleet.Selecting(Name, "on"), "x"));
        promise.Status.ShouldBe(201, promise.Text);
        await _store.SettledAsync(Client);

        var change = (await Client.GetAsync($"/changes/{promise.Text("/metadata/resourceVersion")}")).Json;
        JsonNode.DeepEquals(change["status"]!["commits"], new JsonArray([.. ((string[])["a", "b"]).Select(cluster => (JsonNode)new JsonObject
        {
            ["stateStore"] = Name, ["branch"] = $"fleet/{Name}-{cluster}", ["commit"] = _store.Repo.Head($"fleet/{Name}-{cluster}"), ["settled"] = true,
        })])).ShouldBeTrue(change["status"]!["commits"]!.ToJsonString());
        var listed = (await Client.GetAsync("/changes?limit=1")).Json["items"]![0]!["status"]!["commits"]!.AsArray();
        listed.ShouldHaveSingleItem()!["commit"]!.GetValue<string>().ShouldBe(_store.Repo.Head($"fleet/{Name}-a"));
        foreach (var cluster in (string[])["a", "b"])
            (await Client.PlacementAsync($"{Name}-p.{Name}-{cluster}"))["status"]!["commit"]!.GetValue<string>().ShouldBe(_store.Repo.Head($"fleet/{Name}-{cluster}"));
        _store.Repo.Commits($"fleet/{Name}-c").ShouldBe(1);
    }

    [Fact]
    public async Task Clusters_with_branches_of_their_own_may_share_a_path_and_others_may_not()
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}"));
        await RegisterAsync("a", path: "here");
        await RegisterAsync("b", path: "here");
        await RegisterAsync("root", path: ".");
        await _store.SettledAsync(Client);
        _store.Repo.Files($"fleet/{Name}-a").ShouldBe(["here/README.md", "here/flux/promises-cluster.yaml"]);
        _store.Repo.Files($"fleet/{Name}-b").ShouldBe(["here/README.md", "here/flux/promises-cluster.yaml"]);
        _store.Repo.Files($"fleet/{Name}-root").ShouldBe(["README.md", "flux/promises-cluster.yaml"]);

        // On one branch they would collide.
        var shared = await Client.PatchAsync($"/state-stores/{Name}", """{"spec": {"git": {"branch": "main"}}}""");
        shared.Mistakes().ShouldBe(["/spec/git/url path-in-use"]);
    }

    [Fact]
    public async Task Stores_that_mean_the_same_branch_share_its_paths_as_ever()
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}"));
        await RegisterAsync("a", path: "here");
        var sharing = _store.Document(Git($"fleet/{Name}-a"));
        sharing["metadata"]!["name"] = $"{Name}-shared";
        (await Client.PostAsync("/state-stores", sharing)).Status.ShouldBe(201);

        (await Client.PostAsync("/clusters", Fleet.Cluster($"{Name}-x", "", At($"{Name}-shared", "here/too")))).Mistakes().ShouldBe(["/spec/stateStore/path path-in-use"]);
        (await Client.PostAsync("/clusters", Fleet.Cluster($"{Name}-x", "", At($"{Name}-shared", "there")))).Status.ShouldBe(201);
        // And the other way round: a cluster whose branch is the shared one.
        var named = _store.Document(Git($"fleet/{Name}-z"));
        named["metadata"]!["name"] = $"{Name}-named";
        (await Client.PostAsync("/state-stores", named)).Status.ShouldBe(201);
        await RegisterOnAsync($"{Name}-named", $"{Name}-y", "place");
        (await Client.PostAsync("/clusters", Fleet.Cluster($"{Name}-z", "", At(Name, "place")))).Mistakes().ShouldBe(["/spec/stateStore/path path-in-use"]);
        await RegisterAsync("w", path: "place");
    }

    [Fact]
    public async Task Store_goes_from_one_branch_to_one_per_cluster_and_back()
    {
        await _store.RegisterAsync(Client);
        foreach (var cluster in (string[])["a", "b"]) await RegisterAsync(cluster, $"{Name}=on");
        (await Client.PostAsync("/promises", Fleet.Promise($"{Name}-p", Fleet.Selecting(Name, "on"), "x"))).Status.ShouldBe(201);
        await _store.SettledAsync(Client);
        var (main, files) = (_store.Repo.Head(), _store.Below($"clusters/{Name}-a"));

        (await Client.PatchAsync($"/state-stores/{Name}", """{"spec": {"git": {"branch": "fleet/{cluster}"}}}""")).Status.ShouldBe(200);
        await _store.SettledAsync(Client);

        _store.Repo.Files($"fleet/{Name}-a").ShouldBe(files);
        _store.Repo.Head().ShouldBe(main, "nothing is removed from where it was");
        (await Client.PlacementAsync($"{Name}-p.{Name}-a"))["status"]!["commit"]!.GetValue<string>().ShouldBe(_store.Repo.Head($"fleet/{Name}-a"));

        // On another branch nothing is ours yet.
        _store.Repo.Commit($"other/{Name}-a", "theirs", ($"clusters/{Name}-a/README.md", "Their words.\n"));
        (await Client.PatchAsync($"/state-stores/{Name}", """{"spec": {"git": {"branch": "other/{cluster}"}}}""")).Status.ShouldBe(200);
        await _store.SettledAsync(Client);

        _store.Repo.Show($"clusters/{Name}-a/README.md", $"other/{Name}-a").ShouldBe("Their words.\n");
        _store.Repo.Files($"other/{Name}-a").Length.ShouldBe(files.Length + 1);
        _store.Repo.Files($"fleet/{Name}-a").ShouldBe(files);

        (await Client.PatchAsync($"/state-stores/{Name}", """{"spec": {"git": {"branch": "live"}}}""")).Status.ShouldBe(200);
        await _store.SettledAsync(Client);

        _store.Repo.Files("live").Length.ShouldBe(2 * files.Length);
        (await Client.PlacementAsync($"{Name}-p.{Name}-a"))["status"]!["commit"]!.GetValue<string>().ShouldBe(_store.Repo.Head("live"));
        (await Client.GetAsync($"/state-stores/{Name}")).Text("/status/lastCommit").ShouldBe(_store.Repo.Head("live"));
    }

    [Fact]
    public async Task Cluster_that_is_refused_says_so_and_the_others_go_on()
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}"));
        _store.Repo.Hook("update", $"[ $1 = refs/heads/fleet/{Name}-b ] && echo 'frozen' && exit 1; exit 0");
        foreach (var cluster in (string[])["a", "b"]) await RegisterAsync(cluster);

        await Wait.UntilAsync(async () => (await Client.GetAsync($"/clusters/{Name}-b")).Json["status"]!["conditions"]!.AsArray().Count == 1);
        await Wait.UntilAsync(() => Task.FromResult(_store.Repo.Head($"fleet/{Name}-a") is not null));

        var condition = (await Client.GetAsync($"/clusters/{Name}-b")).Json["status"]!["conditions"]![0]!;
        ((string)condition["status"]!, (string)condition["reason"]!).ShouldBe(("False", "WriteRejected"));
        ((string)condition["message"]!).ShouldContain("frozen");
        (await Client.GetAsync($"/clusters/{Name}-a")).Json["status"]!["conditions"]!.AsArray().ShouldBeEmpty();
        var store = (await Client.GetAsync($"/state-stores/{Name}")).Json["status"]!;
        ((string)store["conditions"]![0]!["status"]!, (int)store["pendingClusters"]!).ShouldBe(("False", 1));
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("remove")]
    public async Task Off_boarded_cluster_leaves_its_branch_behind(string files)
    {
        await _store.RegisterAsync(Client, Git("fleet/{cluster}"));
        await RegisterAsync("a");
        await RegisterAsync("b");
        await _store.SettledAsync(Client);

        await Client.DoneAsync("DELETE", $"/clusters/{Name}-a?files={files}");
        await _store.SettledAsync(Client);

        _store.Repo.Files($"fleet/{Name}-a").Length.ShouldBe(files == "keep" ? 2 : 0);
        _store.Repo.Head($"fleet/{Name}-a").ShouldNotBeNull();
        _store.Repo.Commits($"fleet/{Name}-b").ShouldBe(1);
        await Client.DoneAsync("DELETE", $"/clusters/{Name}-b?files=keep");
        (await Client.DeleteAsync($"/state-stores/{Name}")).Status.ShouldBe(200);
    }

    private static JsonObject Git(string branch, string? path = null)
    {
        var git = new JsonObject { ["branch"] = branch };
        if (path is not null) git["path"] = path;
        return git;
    }

    private string At(string? store = null, string? path = null) =>
        $$""" "stateStore": {"name": "{{store ?? Name}}"{{(path is null ? "" : $", \"path\": \"{path}\"")}}} """;

    private async Task<Reply> RegisterAsync(string cluster, string labels = "", string? path = null)
    {
        var reply = await Client.PostAsync("/clusters", Fleet.Cluster($"{Name}-{cluster}", labels, At(Name, path)));
        reply.Status.ShouldBe(201, reply.Text);
        return reply;
    }

    private async Task RegisterOnAsync(string store, string cluster, string? path = null)
    {
        var reply = await Client.PostAsync("/clusters", Fleet.Cluster(cluster, "", At(store, path)));
        reply.Status.ShouldBe(201, reply.Text);
    }
}
