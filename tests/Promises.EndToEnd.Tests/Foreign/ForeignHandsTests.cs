using System.Collections.Frozen;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>Whatever others do to the branch, ours comes back without waiting for a change of ours, theirs stays, and what was found is said.</summary>
public sealed class ForeignHandsTests(LookingServer fixture) : IClassFixture<LookingServer>
{
    private const string Link = "120000", Submodule = "160000", Executable = "100755", File = "100644";

    /// <summary>What they do, and what is said of it.</summary>
    private static readonly FrozenDictionary<string, (Action<ForeignStore> Do, Func<ForeignStore, string> Said)> Acts = new Dictionary<string, (Action<ForeignStore>, Func<ForeignStore, string>)>
    {
        ["edit a file"] = (store => store.Repo.Commit("main", "mine", (Map(store), "hacked")), _ => "1 of our files was changed: put right in commit "),
        ["make a file executable"] = (store => store.Repo.Replace("main", Map(store), Executable, store.Repo.Show(Map(store))), _ => "1 of our files was changed: "),
        ["edit two and delete one"] = (
            store => store.Repo.Commit("main", "mine", (Map(store), "hacked"), (Readme(store), "mine"), ($"clusters/{store.Second}/flux/{store.Promise}.yaml", null)),
            _ => "2 of our files were changed, 1 deleted: "),
        ["delete a directory"] = (store => store.Repo.Commit("main", "gone", [.. Below(store, store.Placement).Select(path => (path, (string?)null))]), _ => "2 of our files were deleted: "),
        ["take the last commit back by force"] = (store => store.Repo.In("update-ref", "refs/heads/main", "main~2"), _ => "the history of the branch was rewritten"),
        ["rewrite history"] = (Rewrite, _ => "the history of the branch was rewritten"),
        ["delete the branch"] = (store => store.Repo.In("update-ref", "-d", "refs/heads/main"), _ => "the branch was deleted, "),
        ["a link for a directory"] = (store => store.Repo.Replace("main", store.Placement, Link), store => $"the directory {store.Placement} was replaced by a symbolic link: "),
        ["a submodule for a directory"] = (store => store.Repo.Replace("main", store.Placement, Submodule), store => $"the directory {store.Placement} was replaced by a submodule: "),
        ["a file for a directory"] = (store => store.Repo.Replace("main", store.Placement, File, "x"), store => $"the directory {store.Placement} was replaced by a file: "),
        ["a link for the directory of a cluster"] = (
            store => store.Repo.Replace("main", $"clusters/{store.First}", Link), store => $"the directory clusters/{store.First} was replaced by a symbolic link: "),
        ["a link for all clusters"] = (store => store.Repo.Replace("main", "clusters", Link), _ => "the directory clusters was replaced by a symbolic link: "),
        ["a submodule for all clusters"] = (store => store.Repo.Replace("main", "clusters", Submodule), _ => "the directory clusters was replaced by a submodule: "),
        ["a link for a file"] = (store => store.Repo.Replace("main", Map(store), Link), store => $"the file {Map(store)} was replaced by a symbolic link: "),
        ["a submodule for a file"] = (store => store.Repo.Replace("main", Readme(store), Submodule), store => $"the file {Readme(store)} was replaced by a submodule: "),
        ["a directory for a file"] = (
            store => store.Repo.Commit("main", "deeper", (Map(store), null), ($"{Map(store)}/deep/er.txt", "x")), store => $"the file {Map(store)} was replaced by a directory: "),
    }.ToFrozenDictionary();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ours_comes_back_by_itself_and_theirs_stays(bool overHttp) =>
        // Each has a store of its own, so that all of them take no longer than one.
        await Task.WhenAll(Acts.Keys.Select(act => OursComesBackAsync(act, overHttp)));

    private async Task OursComesBackAsync(string act, bool overHttp)
    {
        await using var store = await ForeignStore.StartAsync(fixture.Client, overHttp);
        var ours = store.Repo.Entries();
        // Files of theirs beside ours and elsewhere, which is nothing to do anything about.
        store.Repo.Commit("main", "theirs", ("notes.md", "theirs"), ("other/deep/notes.md", "theirs"));
        await store.SettledAsync();
        store.Repo.Message().ShouldStartWith("theirs", customMessage: act);

        Acts[act].Do(store);
        var theirs = store.Repo.Entries().Where(entry => !ours.ContainsKey(entry.Key) && !InPlaceOfOurs(entry.Key, ours.Keys)).ToList();
        await Wait.UntilAsync(() => Task.FromResult(store.Ours(ours.Keys).Count == ours.Count && store.Repo.Entries() is var now && ours.All(file => now[file.Key] == file.Value)), TimeSpan.FromSeconds(60));
        await store.SettledAsync();

        store.Ours(ours.Keys).ShouldBe(ours, ignoreOrder: true, customMessage: act);
        theirs.ShouldBeSubsetOf(store.Repo.Entries(), customMessage: act);
        var ready = (await store.StatusAsync())["conditions"]![0]!;
        ((string?)ready["status"], (string?)ready["reason"]).ShouldBe(("True", "Repaired"), act);
        ((string?)ready["message"])!.ShouldContain(Acts[act].Said(store), customMessage: act);
        ((string?)ready["message"])!.ShouldContain($"put right in commit {store.Repo.Head()}", customMessage: act);
    }

    [Fact]
    public async Task What_stands_where_nothing_of_ours_ever_was_stays_and_stalls_one_placement_until_it_is_gone()
    {
        await using var store = await ForeignStore.StartAsync(fixture.Client);
        var name = $"{store.Promise}2";
        store.Repo.Replace("main", $"clusters/{store.First}/placements/{name}", Link);
        await store.SettledAsync();

        await fixture.Client.DoneAsync("POST", "/promises", Fleet.Promise(name, Fleet.Selecting("store", store.Name), "z"));
        await Wait.UntilAsync(async () => await fixture.Client.StateAsync($"{name}.{store.First}") == "Stalled");
        await Wait.UntilAsync(async () => await fixture.Client.StateAsync($"{name}.{store.Second}") == "Written");
        store.Repo.Entries()[$"clusters/{store.First}/placements/{name}"].ShouldStartWith(Link);

        // No change of ours is needed for the rest.
        store.Repo.Commit("main", "out of the way", ($"clusters/{store.First}/placements/{name}", null));
        await Wait.UntilAsync(async () => await fixture.Client.StateAsync($"{name}.{store.First}") == "Written");
    }

    [Fact]
    public async Task A_harmful_file_is_a_finding_moments_after_it_was_pushed()
    {
        await using var store = await ForeignStore.StartAsync(fixture.Client, overHttp: true);
        store.Repo.Commit("main", "theirs", ($"{store.Placement}/kustomization.yaml", "resources: []\n"));

        await Wait.UntilAsync(async () => (await fixture.Client.GetAsync($"/clusters/{store.First}")).Json["status"]!["conditions"]!.AsArray().Count == 1);
        store.Repo.Show($"{store.Placement}/kustomization.yaml").ShouldBe("resources: []\n");
    }

    private static string Map(ForeignStore store) => Below(store, store.Placement)[0];

    private static string Readme(ForeignStore store) => $"clusters/{store.First}/README.md";

    private static string[] Below(ForeignStore store, string directory) => [.. store.Repo.Files().Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal))];

    private static bool InPlaceOfOurs(string path, IEnumerable<string> ours) =>
        ours.Any(file => file.StartsWith(path + "/", StringComparison.Ordinal) || path.StartsWith(file + "/", StringComparison.Ordinal));

    private static void Rewrite(ForeignStore store)
    {
        store.Repo.In("update-ref", "-d", "refs/heads/main");
        store.Repo.Commit("main", "a new beginning", ("notes.md", "theirs"), ("new.md", "theirs"));
    }
}
