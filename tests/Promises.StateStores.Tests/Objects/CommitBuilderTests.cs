using Promises.Model;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class CommitBuilderTests : IDisposable
{
    private const int Bases = 30;
    private const int Rounds = 50;

    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Commits_are_the_ones_that_git_builds_from_the_same_changes(int seed)
    {
        var random = new Random(seed);
        var files = new RandomFiles(random);
        var (imported, built) = (new GitRepo(_fixture["imported.git"]), new GitRepo(_fixture["built.git"]));
        var stream = files.Bases(Bases);
        foreach (var repo in (GitRepo[])[imported, built]) RandomFiles.Import(repo, stream);
        List<string?> bases = [null, .. Enumerable.Range(0, Bases).Select(i => built.Head($"b{i}"))];
        // So small that some of it is read again and again.
        var (ours, git) = (Maker(built, GitWriter.Direct, new ObjectCache(20_000)), Maker(imported, GitWriter.Git, new ObjectCache(0)));
        var (same, made) = (0, 0);

        for (var round = 0; round < Rounds; round++)
        {
            var specs = Enumerable.Range(0, random.Next(1, 4)).Select(i => StoreFixture.SpecOf($"s{i}", bases[random.Next(bases.Count)]) with
            {
                Changes = files.Changes(),
                Author = new GitIdentity($"Ünï <{round}>", "a\n@b"),
                At = DateTimeOffset.UnixEpoch.AddSeconds(round),
            }).ToList();

            var commits = await ours.MakeAsync(specs, None);

            commits.Select(commit => commit?.Id).ShouldBe((await git.MakeAsync(specs, None)).Select(commit => commit?.Id), $"seed {seed}, round {round}");
            foreach (var (spec, commit) in specs.Zip(commits))
            {
                if (commit is null)
                {
                    same++;
                    continue;
                }

                made++;
                bases.Add(commit.Id);
                commit.Objects.ShouldNotBeNull($"seed {seed}, round {round}: git had to do it");
                if (spec == specs[0]) Needed(built, commit.Id, spec.Base).ShouldBeSubsetOf(commit.Objects.Select(one => one.Id), $"seed {seed}, round {round}");
            }
        }

        built.In("fsck", "--strict", "--no-dangling").ShouldBeEmpty();
        same.ShouldBeGreaterThan(0);
        made.ShouldBeGreaterThan(Rounds);
        Directory.EnumerateFiles(Path.Combine(built.Path, "objects/pack"), "*.pack").Count().ShouldBeGreaterThan(1, "some are stored as packs");
    }

    public void Dispose() => _fixture.Dispose();

    private CommitMaker Maker(GitRepo repo, GitWriter writer, ObjectCache cache)
    {
        var git = new GitProcess(_fixture.Options, TimeProvider.System);
        return new CommitMaker(new Repository(repo.Path, git), git, cache, writer, acknowledge: true, "none");
    }

    /// <summary>The objects that whoever has the base lacks.</summary>
    private static IEnumerable<string> Needed(GitRepo repo, string commit, string? from)
    {
        string[] without = from is null ? [] : [$"^{from}"];
        return repo.In(["rev-list", "--objects", "--no-object-names", commit, .. without]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
