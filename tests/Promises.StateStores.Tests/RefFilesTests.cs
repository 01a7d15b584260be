namespace Promises.StateStores.Tests;

public sealed class RefFilesTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void Branches_are_read_loose_and_packed_and_absent_ones_are_left_out()
    {
        var (main, deep) = (_fixture.Repo.Commit("main", "one", ("a", "1")), _fixture.Repo.Commit("fleet/c1", "two", ("a", "2")));
        Read("main", "fleet/c1", "fleet", "none").ShouldBe(new Dictionary<string, string> { ["main"] = main, ["fleet/c1"] = deep }, ignoreOrder: true);

        _fixture.Repo.In("pack-refs", "--all");
        File.Exists(Path.Combine(_fixture.Repo.Path, "refs/heads/main")).ShouldBeFalse();
        Read("main", "fleet/c1", "none").ShouldBe(new Dictionary<string, string> { ["main"] = main, ["fleet/c1"] = deep }, ignoreOrder: true);

        var newer = _fixture.Repo.Commit("main", "three", ("a", "3"));
        Read("main").ShouldBe(new Dictionary<string, string> { ["main"] = newer });

        _fixture.Repo.In("update-ref", "-d", "refs/heads/main");
        Read("main").ShouldBeEmpty();
    }

    [Fact]
    public void What_only_git_can_tell_is_left_to_git()
    {
        _fixture.Repo.Commit("main", "one", ("a", "1"));
        _fixture.Repo.In("symbolic-ref", "refs/heads/other", "refs/heads/main");
        RefFiles.Read(_fixture.Repo.Path, ["other"]).ShouldBeNull();

        File.WriteAllText(Path.Combine(_fixture.Repo.Path, "refs/heads/broken"), "");
        RefFiles.Read(_fixture.Repo.Path, ["broken"]).ShouldBeNull();

        Directory.CreateDirectory(Path.Combine(_fixture.Repo.Path, "reftable"));
        RefFiles.Read(_fixture.Repo.Path, ["main"]).ShouldBeNull();
        RefFiles.Read(_fixture["nowhere"], ["main"]).ShouldBeNull();
    }

    [Fact]
    public async Task Git_is_asked_where_files_do_not_tell()
    {
        var main = _fixture.Repo.Commit("main", "one", ("a", "1"));
        _fixture.Repo.In("update-ref", "refs/x/refs/heads/main", _fixture.Repo.Commit("aside", "two", ("a", "2")));

        var tips = await _fixture.Provider.Peek.AskAsync("app", _fixture.Repo.Url, null, ["main", "none"], TestContext.Current.CancellationToken);
        tips.ShouldBe(new Dictionary<string, string> { ["main"] = main });

        var failure = await Should.ThrowAsync<StateStoreException>(
            () => _fixture.Provider.Peek.AskAsync("app", $"file://{_fixture["nowhere.git"]}", null, ["main"], TestContext.Current.CancellationToken));
        failure.Fault.ShouldBe(StoreFault.NotFound);
    }

    public void Dispose() => _fixture.Dispose();

    private IReadOnlyDictionary<string, string> Read(params string[] branches) => RefFiles.Read(_fixture.Repo.Path, branches).ShouldNotBeNull();
}
