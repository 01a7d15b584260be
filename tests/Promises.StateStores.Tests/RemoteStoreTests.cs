using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

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

        var commit = await WriteAsync(store, null, ("a/b.yaml", "x: 1\n"));

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

        await WriteToAsync(store, "live", null, ("a", "1"));

        Repo.Files("live").ShouldBe(["a"]);
        Repo.Files().ShouldBe(["their.txt"]);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_branch_that_exists_is_not_created_again(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"));

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBe(theirs);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_branch_is_replaced_only_where_it_is_expected(GitWriter writer)
    {
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"));
        var store = _fixture.File(writer: writer);
        (await store.TipAsync(None)).ShouldBe(theirs);
        var first = await BuildAsync("1");
        (await store.PublishAsync([new BranchMove("side", theirs, first) { Expected = null }], None)).Single().Outcome.ShouldBe(PushOutcome.Acknowledged);

        var second = await BuildAsync("2");
        (await store.PublishAsync([new BranchMove("side", theirs, second)], None)).Single().Outcome.ShouldBe(PushOutcome.Stale);
        (await store.PublishAsync([new BranchMove("side", theirs, second) { Expected = first }], None)).Single().Outcome.ShouldBe(PushOutcome.Acknowledged);

        Repo.In("rev-parse", "side", "side~1").ShouldBe($"{second}\n{theirs}\n");
        var stranger = Repo.Commit("side", "a stranger's", ("b", "1"));
        (await store.PublishAsync([new BranchMove("side", theirs, first) { Expected = second }], None)).Single().Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head("side").ShouldBe(stranger);

        async Task<string> BuildAsync(string content) => (await store.CommitAsync(StoreFixture.Spec(theirs, ("a", content)) with { Branch = "side" }, None))!;
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Files_of_others_stay_and_ours_are_changed_and_deleted(GitWriter writer)
    {
        var theirs = Repo.Commit("main", "theirs", ("their.txt", "x"), ("a/old", "1"));
        var store = _fixture.File(writer: writer);
        (await store.TipAsync(None)).ShouldBe(theirs);

        await WriteAsync(store, theirs, ("a/old", null), ("a/new", "2"));

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

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_moved_branch_is_told_and_what_moved_can_be_read(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await WriteAsync(store, null, ("a", "1"), ("b", "1"));
        var theirs = Repo.Commit("main", "theirs", ("a", "2"), ("c", "3"), ("b", null));
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("d", "1")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
        (await store.TipAsync(None)).ShouldBe(theirs);
        (await store.IsAncestorAsync(first, theirs, None)).ShouldBeTrue();
        (await store.IsAncestorAsync(second, theirs, None)).ShouldBeFalse();
        var moved = await store.DiffAsync(first, theirs, None);
        moved.Select(change => change.Path).ShouldBe(["a", "b", "c"]);
        moved[1].After.ShouldBeNull();
        moved[2].Before.ShouldBeNull();
        (await store.ListAsync(theirs, ["c"], None)).Single().Id.ShouldBe(moved[2].After);

        await WriteAsync(store, theirs, ("d", "1"));
        Repo.Files().ShouldBe(["a", "c", "d"]);
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
    public async Task A_rewritten_branch_does_not_hold_what_was_acknowledged()
    {
        var store = _fixture.File();
        var first = await WriteAsync(store, null, ("a", "1"));
        Repo.In("update-ref", "-d", "refs/heads/main");
        var theirs = Repo.Commit("main", "new history", ("z", "1"));

        (await store.TipAsync(None)).ShouldBe(theirs);
        (await store.IsAncestorAsync(first, theirs, None)).ShouldBeFalse();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_deleted_branch_is_stale_and_then_missing(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await WriteAsync(store, null, ("a", "1"));
        Repo.In("update-ref", "-d", "refs/heads/main");
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
        Repo.Head().ShouldBeNull();
        (await store.TipAsync(None)).ShouldBeNull();
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
    public async Task A_race_lost_inside_the_server_is_stale()
    {
        var store = _fixture.File();
        var first = await WriteAsync(store, null, ("a", "1"));
        var theirs = Repo.Commit("side", "theirs", ("z", "1"));
        Repo.Hook("pre-receive", $"unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main {theirs}");
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);
    }

    [Fact]
    public async Task Pushing_what_is_there_already_is_a_success()
    {
        var store = _fixture.File();
        var commit = await WriteAsync(store, null, ("a", "1"));
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.AlreadyThere);
    }

    [Fact]
    public async Task A_repository_that_does_not_exist_is_not_found()
    {
        var store = _fixture.Provider.OpenRemote("app", $"file://{_fixture["nowhere.git"]}", "main", null);
        (await Should.ThrowAsync<StateStoreException>(() => store.TipAsync(None))).Fault.ShouldBe(StoreFault.NotFound);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Stale_locks_and_leftovers_of_a_killed_git_are_no_obstacle(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await WriteAsync(store, null, ("a", "1"));
        var mirror = Mirror();
        foreach (var name in (string[])["config.lock", "packed-refs.lock", "refs/w/b/main.lock", "refs/remote/main.lock", "objects/pack/tmp_pack_1", "fast_import_crash_1"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(mirror, name))!);
            File.WriteAllText(Path.Combine(mirror, name), "");
        }

        await WriteAsync(store, first, ("a", "2"));

        Repo.Show("a").ShouldBe("2");
        Directory.EnumerateFiles(mirror, "*.lock", SearchOption.AllDirectories).ShouldBeEmpty();
        File.Exists(Path.Combine(mirror, "objects/pack/tmp_pack_1")).ShouldBeFalse();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_damaged_mirror_is_fetched_anew(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await WriteAsync(store, null, ("a", "1"), ("b/c", "2"));
        GitRepo.EmptyObjects(Mirror());

        await WriteAsync(store, first, ("a", "2"));

        Repo.Show("a").ShouldBe("2");
        Repo.Commits().ShouldBe(2);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_lost_mirror_is_fetched_anew(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await WriteAsync(store, null, ("a", "1"));
        Directory.Delete(Mirror(), recursive: true);

        await WriteAsync(_fixture.File(writer: writer), first, ("a", "2"));

        Repo.Commits().ShouldBe(2);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_mirror_damaged_between_commit_and_push_is_removed(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        GitRepo.EmptyObjects(Mirror());

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.MirrorDamaged);
        (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None)).ShouldBe(commit);
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task Another_branch_has_a_mirror_of_its_own_and_the_old_one_goes()
    {
        await WriteAsync(_fixture.File(), null, ("a", "1"));
        await WriteToAsync(_fixture.File("live"), "live", null, ("a", "1"));
        Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).Length.ShouldBe(1);
    }

    public void Dispose() => _fixture.Dispose();

    private string Mirror() => Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).Single();

    private static Task<string> WriteAsync(IStateStore store, string? from, params (string, string?)[] files) => WriteToAsync(store, "main", from, files);

    private static async Task<string> WriteToAsync(IStateStore store, string branch, string? from, params (string, string?)[] files)
    {
        var commit = (await store.CommitAsync(StoreFixture.SpecOf(branch, from, files), None)).ShouldNotBeNull();
        (await store.PublishAsync(commit, from, None, branch)).ShouldBe(new PushResult(PushOutcome.Acknowledged, ""));
        return commit;
    }
}
