using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;
using static Promises.EndToEnd.Tests.Placements.PlacementReading;

namespace Promises.EndToEnd.Tests.Placements;

/// <summary>What is shown of placements.</summary>
public sealed class PlacementTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task List_is_filtered_and_paged()
    {
        var (promise, a, b) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(a, $"{promise}=1"), Fleet.Cluster(b, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Client.SettledAsync();

        (await NamesAsync($"promise={promise}&cluster=&environment=&state=&labelSelector=")).ShouldBe([$"{promise}.{a}", $"{promise}.{b}"]);
        (await NamesAsync($"promise={promise}&cluster={b}")).ShouldBe([$"{promise}.{b}"]);
        (await NamesAsync($"promise={promise}&state=Written&environment=ops")).Count.ShouldBe(2);
        (await NamesAsync($"promise={promise}&state=Pending")).ShouldBeEmpty();
        (await NamesAsync($"promise={promise}&environment=apps")).ShouldBeEmpty();
        (await NamesAsync($"labelSelector=promises.dev/cluster%3D{a},promises.dev/promise%20in%20({promise})")).ShouldBe([$"{promise}.{a}"]);
        (await Client.GetAsync("/placements?state=written")).ShouldBeProblem(400, "malformed");
        (await Client.GetAsync("/placements?colour=red")).ShouldBeProblem(400, "malformed");

        var first = (await Client.GetAsync($"/placements?promise={promise}&limit=1")).Json;
        var next = (string)first["metadata"]!["continue"]!;
        next.ShouldNotBeEmpty();
        var second = (await Client.GetAsync($"/placements?promise={promise}&limit=1&continue={next}")).Json;
        ((string)second["items"]![0]!["metadata"]!["name"]!).ShouldBe($"{promise}.{b}");
        ((string)second["metadata"]!["continue"]!).ShouldBeEmpty();
        (await Client.GetAsync($"/placements?limit=1&continue={next}")).ShouldBeProblem(400, "malformed");
    }

    [Fact]
    public async Task Placement_shows_what_is_where_and_why()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Client.SettledAsync();
        var placement = await Client.PlacementAsync($"{promise}.{cluster}");
        placement["metadata"]!["labels"]!.ToJsonString().ShouldBe($$"""{"promises.dev/cluster":"{{cluster}}","promises.dev/environment":"ops","promises.dev/promise":"{{promise}}"}""");
        placement["spec"]!.ToJsonString().ShouldBe($$"""{"promise":"{{promise}}","cluster":"{{cluster}}","environment":"ops","revision":1}""");
        var status = placement["status"]!;
        ((string)status["path"]!).ShouldBe($"clusters/{cluster}/placements/{promise}");
        ((string)status["commit"]!).ShouldBe(fixture.Server.Embedded().In("log", "-1", "--format=%H", "main", "--", $"clusters/{cluster}").Trim());
        ((string)status["digest"]!).ShouldStartWith("sha256:");
        Conditions(placement).ShouldBe([("Scheduled", "True", "Selected"), ("Written", "True", "Committed"), ("Ready", "True", "Written")]);
        status["conditions"]!.AsArray().ShouldAllBe(condition => (int)condition!["observedGeneration"]! == 1 && ((string)condition["lastTransitionTime"]!).Length > 0);
        (await Client.GetAsync($"/placements/{promise}.no")).ShouldBeProblem(404, "not-found");
    }

    [Fact]
    public async Task Times_of_conditions_turn_with_their_status_only_and_an_unreachable_host_is_told()
    {
        using var place = new TempDirectory();
        var repository = new GitRepo(place["s.git"]);
        var (promise, cluster, store) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("s"));
        var name = $"{promise}.{cluster}";
        await Client.DoneAsync("POST", "/state-stores", Fleet.Node($$"""{"metadata": {"name": "{{store}}"}, "spec": {"git": {"url": "{{repository.Url}}"} } }"""));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(cluster, $"{promise}=1", $$"""  "stateStore": {"name": "{{store}}"}  """), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Wait.UntilAsync(async () => await Client.StateAsync(name) == "Written");
        var written = await Client.PlacementAsync(name);

        Directory.Move(repository.Path, repository.Path + ".away");
        await NextSecondAsync();
        await Client.DoneAsync("PUT", $"/promises/{promise}", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), $"{promise}=2"));
        (await Client.StateAsync(name)).ShouldBe("Pending");
        await Wait.UntilAsync(async () => Text(await Client.PlacementAsync(name), "Written").Contains("the next is"));
        var pending = await Client.PlacementAsync(name);
        Condition(pending, "Scheduled").ShouldBe(Condition(written, "Scheduled"));
        Condition(pending, "Written").Status.ShouldBe("False");
        Condition(pending, "Written").At.ShouldNotBe(Condition(written, "Written").At);
        Condition(pending, "Ready").At.ShouldBe(Condition(pending, "Written").At);

        Directory.Move(repository.Path + ".away", repository.Path);
        // A new change ends the wait.
        await Client.DoneAsync("PUT", $"/promises/{promise}", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), $"{promise}=3"));
        await Wait.UntilAsync(async () => await Client.StateAsync(name) == "Written");
        Condition(await Client.PlacementAsync(name), "Written").Status.ShouldBe("True");
        Condition(await Client.PlacementAsync(name), "Scheduled").ShouldBe(Condition(written, "Scheduled"));
        // So that the other tests find every store settled.
        await Client.DoneAsync("DELETE", $"/clusters/{cluster}?files=remove");
        await Client.SettledAsync();
    }

    private async Task<List<string>> NamesAsync(string query) =>
        [.. (await Client.GetAsync($"/placements?{query}")).Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];

    /// <summary>Times are shown to the second: what happens from here on shows another one.</summary>
    private static Task NextSecondAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Wait.UntilAsync(() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > now);
    }
}
