using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>A store that goes to another place, or away.</summary>
public sealed class StoreMoveTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly NamedStore _store = new(fixture.Client);

    private ApiClient Api => fixture.Client;

    private string Name => _store.Name;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_store_that_moves_is_written_fully_to_the_new_place()
    {
        var (before, after) = (new GitRepo(_store.Place["before.git"]), new GitRepo(_store.Place["after.git"]));
        await _store.RegisterAsync(before.Url);
        await _store.PromiseAsync();
        await _store.ClusterAsync("a");
        await _store.LabelAsync("a");
        await _store.WrittenAsync("a");
        await _store.SettledAsync();
        var head = before.Head();

        var reply = await Api.SendAsync("PUT", $"/state-stores/{Name}", _store.Document(after.Url, "other").ToJsonString());
        reply.Status.ShouldBe(200, reply.Text);
        await _store.SettledAsync();

        after.Files("other").ShouldBe(before.Files());
        before.Head().ShouldBe(head);
        ((string?)(await _store.StatusAsync())["lastCommit"]).ShouldBe(after.Head("other"));
        ((string?)(await _store.WrittenAsync("a"))["status"]!["commit"]).ShouldBe(after.Head("other"));
    }

    [Fact]
    public async Task A_deleted_store_leaves_nothing_and_one_of_the_same_name_starts_clean()
    {
        var repository = Path.Combine(fixture.Server.DataDirectory, "stores", $"{Name}.git");
        await _store.RegisterEmbeddedAsync();
        await _store.ClusterAsync("a");
        await _store.SettledAsync();
        Directory.Exists(repository).ShouldBeTrue();
        (await Api.DeleteAsync($"/clusters/{Name}-a?files=keep")).Status.ShouldBe(200);

        (await Api.DeleteAsync($"/state-stores/{Name}")).Status.ShouldBe(200);
        await Wait.UntilAsync(() => !Directory.Exists(repository));

        // What a crash right after a deletion leaves behind is no start for a new store either.
        _ = new GitRepo(repository).Commit("main", "Left behind", ("left.md", "x\n"));
        await _store.RegisterEmbeddedAsync();
        await _store.ClusterAsync("b");
        await _store.SettledAsync();
        new GitRepo(repository, init: false).Files().ShouldAllBe(path => path.StartsWith($"clusters/{Name}-b/", StringComparison.Ordinal));

        var remote = new GitRepo(_store.Place["fleet.git"]);
        (await Api.SendAsync("PUT", $"/state-stores/{Name}", _store.Document(remote.Url).ToJsonString())).Status.ShouldBe(200);
        await _store.SettledAsync();
        Mirrors().ShouldHaveSingleItem();
        (await Api.DeleteAsync($"/clusters/{Name}-b?files=keep")).Status.ShouldBe(200);
        (await Api.DeleteAsync($"/state-stores/{Name}")).Status.ShouldBe(200);
        await Wait.UntilAsync(() => Mirrors().Length == 0 && !Directory.Exists(repository));

        string[] Mirrors() => Directory.GetDirectories(Path.Combine(fixture.Server.DataDirectory, "mirrors"), $"{Name}-*");
    }
}
