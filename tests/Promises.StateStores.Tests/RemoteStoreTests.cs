using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>What is committed and pushed, and what the remote says to it.</summary>
public sealed class RemoteStoreTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task An_empty_repository_gets_its_first_commit(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        (await store.TipAsync(None)).ShouldBeNull();

        var commit = await store.WriteAsync(null, ("a/b.yaml", "x: 1\n"));

        Repo.Head().ShouldBe(commit);
        Repo.Show("a/b.yaml").ShouldBe("x: 1\n");
        Repo.Message().ShouldBe("subject\n\nbody\n\n");
        Repo.In("log", "-1", "--format=%an <%ae> %ct").ShouldBe("Promises <promises@localhost> 86400\n");
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_missing_branch_is_created_beside_others(GitWriter writer)
    {
        Repo.Commit("main", "theirs", ("their.txt", "x"));
        var store = _fixture.File("live", writer);
        (await store.TipAsync(None, "live")).ShouldBeNull();

        await store.WriteToAsync("live", null, ("a", "1"));

        Repo.Files("live").ShouldBe(["a"]);
        Repo.Files().ShouldBe(["their.txt"]);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Files_of_others_stay_and_ours_are_changed_and_deleted(GitWriter writer)
    {
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"), ("a/old", "1"));
        var store = _fixture.File(writer: writer);
        (await store.TipAsync(None)).ShouldBe(theirs);

        await store.WriteAsync(theirs, ("a/old", null), ("a/new", "2"));

        Repo.Files().ShouldBe(["a/new", "their.txt"]);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_commit_that_would_change_nothing_is_not_made(GitWriter writer)
    {
        var theirs = Repo.Commit("main", "theirs", ("a", "1"));
        var store = _fixture.File(writer: writer);
        await store.TipAsync(None);

        (await store.CommitAsync(StoreFixture.Spec(theirs, ("a", "1"), ("b", null)), None)).ShouldBeNull();
        (await store.CommitAsync(StoreFixture.Spec(theirs, ("a", "2")), None)).ShouldNotBeNull();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Equal_input_makes_the_same_commit(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var spec = StoreFixture.Spec(null, ("a", "1"));
        (await store.CommitAsync(spec, None)).ShouldBe(await store.CommitAsync(spec, None));
    }

    [Fact]
    public async Task A_listing_of_some_paths_has_what_is_below_them_and_what_stands_in_place_of_a_directory_above()
    {
        Repo.Commit("main", "theirs", ("a/b/c", "1"), ("a/b2/d", "1"), ("a/e", "1"), ("f", "1"), ("kustomization.yaml", "x"));
        Repo.Replace("main", "link", "120000");
        var theirs = Repo.Replace("main", "sub", "160000");
        var store = _fixture.File();
        await store.TipsAsync(["main"], None);

        await ShouldListAsync(["a/b"], "a/b/c");
        await ShouldListAsync(["a/e", "a/b2", "kustomization.yaml", "a/kustomization.yaml"], "a/b2/d", "a/e", "kustomization.yaml");
        await ShouldListAsync(["f/x/y", "link/x", "sub/x/y", "none/x"], "f", "link", "sub");
        await ShouldListAsync([.. Enumerable.Range(0, 2500).Select(i => $"f/{i}"), "a/b"], "a/b/c", "f");
        await ShouldListAsync([], "a/b/c", "a/b2/d", "a/e", "f", "kustomization.yaml", "link", "sub");

        async Task ShouldListAsync(string[] paths, params string[] files) => (await store.ListAsync(theirs, paths, None)).Select(entry => entry.Path).Order(StringComparer.Ordinal).ShouldBe(files);
    }

    [Fact]
    public async Task A_hook_that_declines_is_quoted()
    {
        Repo.Hook("pre-receive", "echo 'Change freeze until Monday'; exit 1");
        var store = _fixture.File();
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;

        var result = await store.PublishAsync(commit, null, None);

        result.Outcome.ShouldBe(PushOutcome.Declined);
        result.Message.ShouldContain("Change freeze until Monday");
    }

    [Fact]
    public async Task Pushing_what_is_there_already_is_a_success()
    {
        var store = _fixture.File();
        var commit = await store.WriteAsync(null, ("a", "1"));
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.AlreadyThere);
    }

    [Fact]
    public async Task A_repository_that_does_not_exist_is_not_found()
    {
        var store = _fixture.Provider.OpenRemote("app", $"file://{_fixture["nowhere.git"]}", "main", null);
        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.NotFound);
    }

    public void Dispose() => _fixture.Dispose();
}
