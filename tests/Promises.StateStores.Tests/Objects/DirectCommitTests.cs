using System.Text;
using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Stores whose commits are built without git's import.</summary>
public sealed class DirectCommitTests : IDisposable
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    private string Mirror => Directory.GetDirectories(_fixture.Options.MirrorsDirectory).Single();

    [Fact]
    public async Task Git_is_started_for_what_is_not_known_yet_and_not_again_for_the_next()
    {
        var theirs = Repo.Commit("main", "theirs", ("a/b/c", "1"), ("d/e", "1"), ("f/g", "1"));
        using var gits = new StartedGits();
        var store = Open();
        await store.TipAsync(None);
        gits.Take();

        var first = await BuildAsync(store, theirs, ("a/b/c", "2"), ("d/new", "2"));
        gits.Take().ShouldBe(["cat-file", "update-ref"]);
        var second = await BuildAsync(Open(), first, ("a/b/c", "3"), ("d/new", "3"), ("a/h", null));
        gits.Take().ShouldBeEmpty();
        (await Open().CommitAsync(StoreFixture.Spec(second, ("a/b/c", "3")), None)).ShouldBeNull();
        gits.Take().ShouldBeEmpty();
        var third = await BuildAsync(Open(), second, ("f/g", "2"));
        gits.Take().ShouldBe(["cat-file"], "nothing there was looked at before");

        Refs().ShouldBe($"{second} {RefNames.Acknowledged("main")}\n{third} {RefNames.Pending("main")}\n");
    }

    [Fact]
    public async Task Refs_that_were_packed_move_on()
    {
        var store = Open();
        var first = await BuildAsync(store, null, ("a", "1"));
        var second = await BuildAsync(store, first, ("a", "2"));
        GitRepo.Git("-C", Mirror, "pack-refs", "--all");

        var third = await BuildAsync(store, second, ("a", "3"));
        Refs().ShouldBe($"{second} {RefNames.Acknowledged("main")}\n{third} {RefNames.Pending("main")}\n");

        var fourth = await BuildAsync(store, third, ("a", "4"));
        GitRepo.Git("-C", Mirror, "pack-refs", "--all");
        Refs().ShouldBe($"{third} {RefNames.Acknowledged("main")}\n{fourth} {RefNames.Pending("main")}\n");
        GitRepo.Git("-C", Mirror, "fsck", "--strict").ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_objects_become_one_pack()
    {
        var store = Open();
        var first = await BuildAsync(store, null, [.. Enumerable.Range(0, ObjectWriter.PackFrom).Select(i => ($"{i}", $"{i}"))]);

        var files = Directory.EnumerateFiles(Path.Combine(Mirror, "objects"), "*", SearchOption.AllDirectories).Select(Path.GetExtension).ToList();
        files.ShouldContain(".pack");
        files.ShouldNotContain("", "no object lies alone");
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        await BuildAsync(store, first, ("0", "x"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ObjectWriter.PackFrom)]
    public async Task An_embedded_store_starts_git_for_its_first_commit_only(int files)
    {
        using var gits = new StartedGits();
        var store = _fixture.Provider.OpenEmbedded("default", GitWriter.Direct);
        await store.TipAsync(None);
        gits.Take();

        var commit = await BuildAsync(store, null, [.. Enumerable.Range(0, files).Select(i => ($"{i}", $"{i}"))]);

        gits.Take().ShouldBe(["update-ref"]);
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        gits.Take().ShouldBe(["update-ref"], "there is no branch yet");

        var next = await BuildAsync(store, commit, [.. Enumerable.Range(0, files).Select(i => ($"{i}", $"{i} changed"))]);
        (await store.PublishAsync(next, commit, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        gits.Take().ShouldBeEmpty();
        var repo = new GitRepo(_fixture.Provider.Embedded.PathOf("default"), init: false);
        repo.Head().ShouldBe(next);
        repo.Files().Length.ShouldBe(files);
        repo.In("fsck", "--strict").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("deleted", true)]
    [InlineData("deleted", false)]
    [InlineData("emptied", true)]
    [InlineData("emptied", false)]
    [InlineData("cut", false)]
    public async Task A_mirror_in_which_one_object_is_damaged_is_fetched_anew(string damage, bool warm)
    {
        var theirs = Repo.Commit("main", "theirs", ("a/b/c", "1"), ("d", "1"));
        foreach (var damaged in (string[])[theirs, Repo.In("rev-parse", $"{theirs}:").Trim(), Repo.In("rev-parse", $"{theirs}:a/b").Trim()])
        {
            var store = Open();
            await store.TipAsync(None);
            Unpack();
            if (warm) await BuildAsync(store, theirs, ("a/b/c", "warm"));
            var file = Path.Combine(Mirror, "objects", damaged[..2], damaged[2..]);
            var content = File.ReadAllBytes(file);
            File.Delete(file);
            if (damage != "deleted") File.WriteAllBytes(file, damage == "cut" ? content[..^6] : []);

            using var gits = new StartedGits();
            var commit = await BuildAsync(warm ? store : Open(_fixture.Create(_fixture.Options)), theirs, ("a/b/c", "2"));

            gits.Take().ShouldContain("fetch");
            GitRepo.Git("-C", Mirror, "fsck", "--strict", "--no-dangling").ShouldBeEmpty();
            Repo.In("fetch", "-q", Mirror, $"{commit}:refs/heads/x{damaged}");
            Repo.Files($"x{damaged}").ShouldBe(["a/b/c", "d"]);
            Directory.Delete(Mirror, recursive: true);
        }
    }

    [Fact]
    public async Task A_mirror_that_is_no_repository_any_more_is_fetched_anew()
    {
        var theirs = Repo.Commit("main", "theirs", ("a", "1"));
        var store = Open();
        await store.TipAsync(None);
        Directory.Delete(Path.Combine(Mirror, "objects"), recursive: true);

        var commit = await BuildAsync(store, theirs, ("a", "2"));

        (await store.PublishAsync(commit, theirs, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task Own_objects_that_lie_there_empty_are_written_again()
    {
        var store = Open();
        var commit = await BuildAsync(store, null, ("a/b", "1"));
        GitRepo.EmptyObjects(Mirror);

        (await BuildAsync(store, null, ("a/b", "1"))).ShouldBe(commit);

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        Repo.In("fsck", "--strict").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_we_do_not_understand_is_left_to_git_and_counted()
    {
        // As a program of long ago wrote it: a zero before the mode of a directory.
        var file = Repo.In("rev-parse", $"{Repo.Commit("main", "theirs", ("a/b", "1"))}:a").Trim();
        File.WriteAllBytes(_fixture["tree"], [.. "040000 a\0"u8, .. Convert.FromHexString(file)]);
        var tree = Repo.In("hash-object", "-t", "tree", "-w", "--literally", _fixture["tree"]).Trim();
        var theirs = Repo.In("-c", "user.name=S", "-c", "user.email=s@x", "commit-tree", "-m", "old", tree).Trim();
        Repo.In("update-ref", "refs/heads/main", theirs);
        using var gits = new StartedGits();
        var store = Open();
        await store.TipAsync(None);
        gits.Take();

        var commit = await BuildAsync(store, theirs, ("c", "1"));

        gits.Take().ShouldBe(["cat-file", "fallback: build", "fast-import"]);
        Built(store, commit).ShouldBeNull();
        (await store.PublishAsync(commit, theirs, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        var next = await BuildAsync(store, commit, ("c", "2"));
        Built(store, next).ShouldNotBeNull("git has set it right");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(0, 150)]
    [InlineData(3, 150)]
    public async Task A_full_disk_is_said_and_leaves_nothing_in_the_way(int pages, int files)
    {
        using var disk = new SmallDisk(_fixture.Options.MirrorsDirectory);
        var store = Open();
        var first = await BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        var spec = StoreFixture.Spec(first, [.. Enumerable.Range(0, files).Select(i => ($"{i}/b", (string?)$"{i}"))]);

        using var gits = new StartedGits();
        disk.Fill(pages);
        (await Should.ThrowAsync<StateStoreException>(() => store.CommitAsync(spec, None))).Fault.ShouldBe(StoreFault.DiskFull);
        Directory.EnumerateFiles(Mirror, "tmp_obj_*", SearchOption.AllDirectories).ShouldBeEmpty();
        gits.Take().ShouldNotContain("fast-import");

        disk.Free();
        var second = (await store.CommitAsync(spec, None))!;
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        Repo.In("fsck", "--strict").ShouldBeEmpty();
        Repo.Files().Length.ShouldBe(files + 1);
        Directory.EnumerateFiles(Mirror, "*tmp*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Objects_of_a_commit_are_at_hand_even_those_that_the_mirror_had()
    {
        var store = Open();
        var first = await BuildAsync(store, null, ("a", "1"));
        await BuildAsync(store, first, ("b/c", "2"));

        var again = await BuildAsync(store, first, ("b/c", "2"), ("d", "3"));

        Built(store, again)!.Where(one => one.Type == GitObjectType.Blob).Select(one => Encoding.UTF8.GetString(one.Content.Span)).Order().ShouldBe(["2", "3"]);
        Built(_fixture.File(), again).ShouldBeNull();
    }

    public void Dispose() => _fixture.Dispose();

    private IStateStore Open(StateStoreProvider? provider = null) =>
        (provider ?? _fixture.Provider).OpenRemote("app", Repo.Url, "main", null, writer: GitWriter.Direct);

    private static IReadOnlyList<GitObject>? Built(IStateStore store, string commit) => ((RemoteStore)store).Built.Of([commit]);

    private string Refs() => GitRepo.Git("-C", Mirror, "for-each-ref", "--format=%(objectname) %(refname)");

    /// <summary>A file for each object: what is fetched first stays a pack.</summary>
    private void Unpack()
    {
        foreach (var pack in Directory.GetFiles(Path.Combine(Mirror, "objects/pack"), "*.pack"))
        {
            var objects = _fixture["moved.pack"];
            File.Move(pack, objects, overwrite: true);
            File.Delete(Path.ChangeExtension(pack, ".idx"));
            GitRepo.Git("-C", Mirror, "-c", $"alias.unpack=!git unpack-objects -q < {objects}", "unpack");
        }
    }

    private static async Task<string> BuildAsync(IStateStore store, string? from, params (string, string?)[] files) =>
        (await store.CommitAsync(StoreFixture.Spec(from, files), None)).ShouldNotBeNull();
}
