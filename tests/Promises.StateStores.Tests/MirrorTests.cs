using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>Our copy of a remote repository, which may be damaged or lost.</summary>
public sealed class MirrorTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    private GitRepo Repo => _fixture.Repo;

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task Stale_locks_and_leftovers_of_a_killed_git_are_no_obstacle(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await store.WriteAsync(null, ("a", "1"));
        var mirror = Mirror();
        foreach (var name in (string[])["config.lock", "packed-refs.lock", "refs/w/b/main.lock", "refs/remote/main.lock", "objects/pack/tmp_pack_1", "fast_import_crash_1"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(mirror, name))!);
            File.WriteAllText(Path.Combine(mirror, name), "");
        }

        await store.WriteAsync(first, ("a", "2"));

        Repo.Show("a").ShouldBe("2");
        Directory.EnumerateFiles(mirror, "*.lock", SearchOption.AllDirectories).ShouldBeEmpty();
        File.Exists(Path.Combine(mirror, "objects/pack/tmp_pack_1")).ShouldBeFalse();
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_damaged_mirror_is_fetched_anew(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await store.WriteAsync(null, ("a", "1"), ("b/c", "2"));
        GitRepo.EmptyObjects(Mirror());

        await store.WriteAsync(first, ("a", "2"));

        Repo.Show("a").ShouldBe("2");
        Repo.Commits().ShouldBe(2);
    }

    [Theory]
    [ClassData(typeof(Writers))]
    public async Task A_lost_mirror_is_fetched_anew(GitWriter writer)
    {
        var store = _fixture.File(writer: writer);
        var first = await store.WriteAsync(null, ("a", "1"));
        Directory.Delete(Mirror(), recursive: true);

        await _fixture.File(writer: writer).WriteAsync(first, ("a", "2"));

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
        await _fixture.File().WriteAsync(null, ("a", "1"));
        await _fixture.File("live").WriteToAsync("live", null, ("a", "1"));
        Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).Length.ShouldBe(1);
    }

    public void Dispose() => _fixture.Dispose();

    private string Mirror() => Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).Single();
}
