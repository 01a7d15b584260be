using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class EmbeddedStoreTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_commit_moves_the_branch_from_where_it_began_only(GitWriter writer)
    {
        var store = Open(writer);
        (await store.TipAsync(None)).ShouldBeNull();
        var first = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.AlreadyThere);

        var repo = new GitRepo(_fixture.Provider.Embedded.PathOf("default"), init: false);
        var theirs = repo.Commit("main", "by hand", ("b", "1"));
        var second = (await store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))!;
        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Stale);

        (await store.TipAsync(None)).ShouldBe(theirs);
        var third = (await store.CommitAsync(StoreFixture.Spec(theirs, ("a", "2")), None))!;
        (await store.PublishAsync(third, theirs, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        repo.Files().ShouldBe(["a", "b"]);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Content_that_several_paths_share_is_sent_once_and_lies_at_each_of_them(GitWriter writer)
    {
        var shared = "shared"u8.ToArray();
        var spec = StoreFixture.Spec(null, ("own", "1")) with { Changes = [new("a/x", shared), new("own", "1"u8.ToArray()), new("b/x", shared)] };
        using var stream = new MemoryStream();
        await FastImport.WriteAsync([spec], acknowledge: false, stream, None);
        System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split("shared").Length.ShouldBe(2);

        var store = Open(writer);
        var commit = (await store.CommitAsync(spec, None))!;
        await store.PublishAsync(commit, null, None);

        var repo = new GitRepo(_fixture.Provider.Embedded.PathOf("default"), init: false);
        repo.Files().ShouldBe(["a/x", "b/x", "own"]);
        repo.Show("b/x").ShouldBe("shared");
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_stale_lock_is_no_obstacle(GitWriter writer)
    {
        var store = Open(writer);
        await _fixture.Provider.Embedded.EnsureAsync("default", None);
        var first = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        Directory.CreateDirectory(Path.Combine(_fixture.Provider.Embedded.PathOf("default"), "refs/heads"));
        File.WriteAllText(Path.Combine(_fixture.Provider.Embedded.PathOf("default"), "refs/heads/main.lock"), "");
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_damaged_repository_is_put_aside(GitWriter writer)
    {
        var store = Open(writer);
        var first = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        await store.PublishAsync(first, null, None);
        GitRepo.EmptyObjects(_fixture.Provider.Embedded.PathOf("default"));

        (await Should.ThrowAsync<StateStoreException>(() => store.CommitAsync(StoreFixture.Spec(first, ("a", "2")), None))).Fault.ShouldBe(StoreFault.MirrorDamaged);

        (await store.TipAsync(None)).ShouldBeNull();
        Directory.Exists(_fixture.Provider.Embedded.PathOf("default") + ".damaged").ShouldBeTrue();
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("A")]
    [InlineData("")]
    public void A_name_that_is_none_never_becomes_a_path(string name) =>
        Should.Throw<ArgumentException>(() => _fixture.Provider.Embedded.PathOf(name));

    [Fact]
    public async Task A_removed_store_is_gone()
    {
        await _fixture.Provider.Embedded.EnsureAsync("default", None);
        await _fixture.Provider.ForgetAsync("default", None);
        Directory.Exists(_fixture.Provider.Embedded.PathOf("default")).ShouldBeFalse();
    }

    public void Dispose() => _fixture.Dispose();

    private IStateStore Open(GitWriter writer = GitWriter.Git) => _fixture.Provider.OpenEmbedded("default", writer);
}
