using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>What somebody does to the branch of a store is put right, or told.</summary>
public sealed class StoreRepairTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly NamedStore _store = new(fixture.Client);

    private ApiClient Api => fixture.Client;

    private string Name => _store.Name;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_file_that_would_make_the_agent_drop_ours_is_a_condition_of_the_cluster_until_it_is_removed()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        repo.Commit("main", "Theirs", ("clusters/kustomization.yaml", "resources: []\n"), ("notes.md", "mine\n"));
        await _store.RegisterAsync(repo.Url);
        await _store.ClusterAsync("a");
        await _store.SettledAsync();

        var conditions = (await Api.GetAsync($"/clusters/{Name}-a")).Json["status"]!["conditions"]!.AsArray();
        conditions.ShouldHaveSingleItem()!.ToJsonString().ShouldContain("clusters/kustomization.yaml");

        repo.Commit("main", "Removed", ("clusters/kustomization.yaml", null));
        await _store.ClusterAsync("b");
        await _store.SettledAsync();

        (await Api.GetAsync($"/clusters/{Name}-a")).Json["status"]!["conditions"]!.AsArray().ShouldBeEmpty();
        repo.Show("notes.md").ShouldBe("mine\n");
    }

    [Fact]
    public async Task A_file_edited_by_hand_is_put_right_with_the_next_write_and_reported()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await _store.RegisterAsync(repo.Url);
        await _store.ClusterAsync("a");
        await _store.SettledAsync();
        var (readme, ours) = ($"clusters/{Name}-a/README.md", repo.Show($"clusters/{Name}-a/README.md"));
        repo.Commit("main", "By hand", (readme, "mine\n"));

        await _store.ClusterAsync("b");
        await _store.SettledAsync();

        repo.Show(readme).ShouldBe(ours);
        var ready = (await _store.StatusAsync())["conditions"]![0]!;
        ((string?)ready["reason"], (string?)ready["status"]).ShouldBe(("Repaired", "True"));
        ((string?)ready["message"])!.ShouldContain(readme);
    }

    [Fact]
    public async Task A_deleted_branch_and_a_rewritten_one_get_everything_again()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await _store.RegisterAsync(repo.Url);
        await _store.ClusterAsync("a");
        await _store.SettledAsync();

        repo.In("update-ref", "-d", "refs/heads/main");
        await _store.ClusterAsync("b");
        await _store.SettledAsync();
        repo.Files().ShouldContain($"clusters/{Name}-a/README.md");

        repo.In("update-ref", "-d", "refs/heads/main");
        repo.Commit("main", "Another history", ("theirs.md", "mine\n"));
        await _store.ClusterAsync("c");
        await _store.SettledAsync();

        foreach (var cluster in (string[])["a", "b", "c"]) repo.Files().ShouldContain($"clusters/{Name}-{cluster}/README.md");
        repo.Show("theirs.md").ShouldBe("mine\n");
    }
}
