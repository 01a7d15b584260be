using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class UpkeepTests : IDisposable
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();
    private readonly Clock _clock = new();
    private readonly StateStoreProvider _provider;

    public UpkeepTests() => _provider = new StateStoreProvider(_fixture.Options, _fixture, _clock, new Random(1));

    [Fact]
    public async Task Many_objects_and_refs_are_packed_when_nobody_has_used_them_for_a_while()
    {
        var mirror = await UseAsync("app");
        Fill(mirror);
        for (var i = 0; i < 60; i++) GitRepo.Git("-C", mirror, "update-ref", $"refs/x/{i}", GitRepo.Git("-C", mirror, "for-each-ref", "--count=1", "--format=%(objectname)").Trim());

        (await _provider.Upkeep.PackAsync(None)).ShouldBeEmpty();
        Packs(mirror).ShouldBeEmpty();
        _provider.Upkeep.IsDue.ShouldBeTrue();

        _clock.Now += TimeSpan.FromSeconds(10);
        (await _provider.Upkeep.PackAsync(None)).ShouldBeEmpty();
        Packs(mirror).ShouldNotBeEmpty();
        Directory.EnumerateFiles(mirror, "tmp_obj_*", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(mirror, "refs"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        _provider.Upkeep.IsDue.ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_wants_to_work_gets_in_at_once_and_what_was_begun_is_broken_off()
    {
        var locks = new StoreLocks();
        var idle = locks.TryEnterIdle("d").ShouldNotBeNull();
        locks.TryEnterIdle("d").ShouldBeNull();
        idle.Wanted.IsCancellationRequested.ShouldBeFalse();

        var coming = locks.EnterAsync("d", None);
        idle.Wanted.IsCancellationRequested.ShouldBeTrue();
        coming.IsCompleted.ShouldBeFalse();
        idle.Dispose();
        using (await coming) locks.TryEnterIdle("d").ShouldBeNull();

        locks.TryEnterIdle("d").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_repository_in_use_is_packed_later()
    {
        var mirror = await UseAsync("app");
        Fill(mirror);
        _clock.Now += TimeSpan.FromSeconds(10);
        _fixture.Repo.Hook("pre-receive", "sleep 1");
        var store = _provider.OpenRemote("app", _fixture.Repo.Url, "main", null);
        var base_ = _fixture.Repo.Head();
        var commit = (await store.CommitAsync([StoreFixture.Spec(base_, ("b", "2"))], None))[0]!;
        var pushing = store.PublishAsync([new BranchMove("main", base_, commit)], None);

        await _provider.Upkeep.PackAsync(None);
        Packs(mirror).ShouldBeEmpty();
        (await pushing)[0].Outcome.ShouldBe(PushOutcome.Acknowledged);

        _clock.Now += TimeSpan.FromSeconds(10);
        await _provider.Upkeep.PackAsync(None);
        Packs(mirror).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_mirrors_unused_for_the_longest_time_are_evicted_and_fetched_again_when_needed()
    {
        var mirrors = new List<string>();
        foreach (var name in (string[])["one", "two", "three"])
        {
            mirrors.Add(await UseAsync(name));
            _clock.Now += TimeSpan.FromMinutes(5);
            await _provider.Upkeep.PackAsync(None);
        }

        _provider.Upkeep.Mirrors.Trim(long.MaxValue).ShouldBeEmpty();
        _provider.Upkeep.Mirrors.Trim(mirrors.Sum(Size) - 1).ShouldBe([Path.GetFileName(mirrors[0])]);
        mirrors.Select(Directory.Exists).ShouldBe([false, true, true]);

        // As after a restart: when they were used is known still.
        var again = new StateStoreProvider(_fixture.Options, _fixture, _clock, new Random(1));
        again.Upkeep.Mirrors.Trim(Size(mirrors[2])).ShouldBe([Path.GetFileName(mirrors[1])]);
        again.Upkeep.Mirrors.Trim(0).ShouldBe([Path.GetFileName(mirrors[2])]);

        await UseAsync("one");
        _fixture.Repo.Show("one.txt").ShouldBe("3");
        // What was used a moment ago stays, however small the limit.
        await _provider.Upkeep.PackAsync(None);
        _provider.Upkeep.Mirrors.Trim(0).ShouldBeEmpty();
    }

    [Fact]
    public async Task Mirrors_of_nobody_are_removed()
    {
        var (kept, lost) = (await UseAsync("one"), await UseAsync("two"));
        Directory.CreateDirectory(Path.Combine(_fixture.Options.DataDirectory, "mirrors", ".removed-before-a-crash"));

        (await _provider.Upkeep.Mirrors.SweepAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string> { Path.GetFileName(kept) }))).ShouldBe([Path.GetFileName(lost)]);

        Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors")).ShouldBe([kept]);
    }

    public void Dispose() => _fixture.Dispose();

    private static string[] Packs(string mirror) => Directory.GetFiles(Path.Combine(mirror, "objects", "pack"), "*.pack");

    private static long Size(string mirror) => new DirectoryInfo(mirror).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => (file.Length + 4095) / 4096 * 4096);

    /// <summary>Makes it look as if there were very many loose objects.</summary>
    private static void Fill(string mirror)
    {
        var sample = Directory.CreateDirectory(Path.Combine(mirror, "objects", "17")).FullName;
        for (var i = 0; i < 8; i++) File.WriteAllText(Path.Combine(sample, $"tmp_obj_{i}"), "");
    }

    /// <returns>The directory of the mirror.</returns>
    private async Task<string> UseAsync(string name)
    {
        var store = _provider.OpenRemote(name, _fixture.Repo.Url, "main", null);
        var from = _fixture.Repo.Head();
        var commit = (await store.CommitAsync([StoreFixture.Spec(from, ($"{name}.txt", $"{_fixture.Repo.Commits()}"))], None))[0]!;
        (await store.PublishAsync([new BranchMove("main", from, commit)], None))[0].Outcome.ShouldBe(PushOutcome.Acknowledged);
        return Directory.GetDirectories(Path.Combine(_fixture.Options.DataDirectory, "mirrors"), $"{name}-*").Single();
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
