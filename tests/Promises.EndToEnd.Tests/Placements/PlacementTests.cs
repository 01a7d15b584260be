using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;
using Promises.Server.Reconciling;

namespace Promises.EndToEnd.Tests.Placements;

public sealed class PlacementTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Theory]
    [InlineData("team")]
    [InlineData("example.com/team")]
    [InlineData("example.com%2Fteam")]
    [InlineData("example.com%2fteam")]
    public async Task Label_is_set_and_taken_away_by_its_key(string key)
    {
        var (name, plain) = (Fleet.Name("l"), Uri.UnescapeDataString(key));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name));
        var set = await Client.PutAsync($"/clusters/{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""));
        set.Status.ShouldBe(200);
        ((string?)set.Json["metadata"]!["labels"]![plain]).ShouldBe("A");
        set.Header("Promises-Change").ShouldNotBeNull();
        (await Client.PutAsync($"/clusters/{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""))).Header("Promises-Change").ShouldBeNull();

        var taken = await Client.DeleteAsync($"/clusters/{name}/labels/{key}");
        taken.Status.ShouldBe(200);
        taken.Json["metadata"]!["labels"]!.AsObject().ContainsKey(plain).ShouldBeFalse();
        (await Client.DeleteAsync($"/clusters/{name}/labels/{key}")).ShouldBeProblem(404, "not-found");
        (await Client.PutAsync($"/clusters/no-{name}/labels/{key}", Fleet.Node("""{"value": "A"}"""))).ShouldBeProblem(404, "not-found");
    }

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
    public async Task Placement_that_lost_its_label_is_retained_follows_the_pin_and_ends_with_a_token()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        var name = $"{promise}.{cluster}";
        await Client.DoneAsync("POST", "/apply", new JsonArray(Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        (await Client.DeleteAsync($"/placements/{name}")).ShouldBeProblem(409, "in-use");
        (await Client.DeleteAsync($"/clusters/{cluster}/labels/{promise}")).Status.ShouldBe(200);
        await Client.SettledAsync();
        (await Client.StateAsync(name)).ShouldBe("Retained");
        var since = Condition(await Client.PlacementAsync(name), "Scheduled");
        since.Reason.ShouldBe("Retained");

        (await Client.PutAsync($"/promises/{promise}", Fleet.Promise(promise, Fleet.Selecting(promise, "1"), $"{promise}=2"))).Status.ShouldBe(200);
        await Client.SettledAsync();
        var followed = await Client.PlacementAsync(name);
        ((int)followed["spec"]!["revision"]!, (string)followed["status"]!["state"]!, (int)followed["metadata"]!["generation"]!).ShouldBe((2, "Retained", 2));
        fixture.Server.Embedded().In("grep", promise + "=2", "main", "--", $"clusters/{cluster}").ShouldNotBeEmpty();

        await Client.DoneAsync("PUT", $"/clusters/{cluster}/labels/{promise}", Fleet.Node("""{"value": "1"}"""));
        await Client.SettledAsync();
        (await Client.StateAsync(name)).ShouldBe("Written");
        Condition(await Client.PlacementAsync(name), "Scheduled").ShouldBe(("True", "Selected", since.At));

        await Client.DoneAsync("DELETE", $"/clusters/{cluster}/labels/{promise}");
        var asked = (await Client.DeleteAsync($"/placements/{name}")).ShouldBeProblem(409, "impact-confirmation-required");
        asked.Json["impact"]!["removals"]!.ToJsonString().ShouldBe($$"""[{"placement":"{{name}}","objects":["/ConfigMap/default/{{promise}}"]}]""");
        var ended = await Client.DeleteAsync($"/placements/{name}", ("Impact-Token", (string)asked.Json["impactToken"]!));
        (ended.Status, (string)ended.Json["status"]!["state"]!).ShouldBe((200, "Retained"));
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{name}")).Status == 404);
        await Client.SettledAsync();
        fixture.Server.Embedded().Files().ShouldNotContain(file => file.Contains(promise));
    }

    [Fact]
    public async Task Revision_that_withdraws_ends_what_is_retained_with_a_token()
    {
        var (promise, cluster) = (Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(Fleet.Cluster(cluster, $"{promise}=1"), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Client.DoneAsync("DELETE", $"/clusters/{cluster}/labels/{promise}");
        var body = Fleet.Promise(promise, Fleet.Selecting(promise, "1") + """, "onUnmatch": "Withdraw" """, promise);
        var asked = (await Client.PutAsync($"/promises/{promise}", body)).ShouldBeProblem(409, "impact-confirmation-required");
        ((int)asked.Json["impact"]!["placements"]!["Remove"]!).ShouldBe(1);
        (await Client.PutAsync($"/promises/{promise}", body, ("Impact-Token", (string)asked.Json["impactToken"]!))).Status.ShouldBe(200);
        await Client.SettledAsync();
        (await Client.GetAsync($"/placements/{promise}.{cluster}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Times_of_conditions_turn_with_their_status_only_and_an_unreachable_host_is_told()
    {
        using var place = new Promises.Testing.TempDirectory();
        var repository = new Promises.Testing.GitRepo(place["s.git"]);
        var (promise, cluster, store) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("s"));
        var name = $"{promise}.{cluster}";
        await Client.DoneAsync("POST", "/state-stores", Fleet.Node($$"""{"metadata": {"name": "{{store}}"}, "spec": {"git": {"url": "{{repository.Url}}"} } }"""));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(cluster, $"{promise}=1", $$"""  "stateStore": {"name": "{{store}}"}  """), Fleet.Promise(promise, Fleet.Selecting(promise, "1"), promise)));
        await Wait.UntilAsync(async () => await Client.StateAsync(name) == "Written");
        var written = await Client.PlacementAsync(name);

        Directory.Move(repository.Path, repository.Path + ".away");
        await Clock.NextSecondAsync();
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

    [Fact]
    public async Task Blocked_newcomers_are_placed_by_the_change_that_frees_them()
    {
        var (one, two, needy, cluster) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, $"{one}=1"));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(one, Fleet.Selecting(one, "1"), one, """  "provides": [{"capability": "cni", "exclusive": true}]  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(two, Fleet.Selecting(one, "1"), $"{one},{two}", """  "provides": [{"capability": "cni", "exclusive": true}]  """));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(needy, Fleet.Selecting(one, "1"), needy, $$"""  "requires": [{"promise": "{{two}}"}]  """));
        Reason(await Client.PlacementAsync($"{two}.{cluster}")).ShouldBe(("Blocked", "ExclusiveCapability"));
        Reason(await Client.PlacementAsync($"{needy}.{cluster}")).ShouldBe(("Blocked", "RequirementMissing"));

        await Client.DoneAsync("PUT", $"/promises/{one}", Fleet.Promise(one, Fleet.Selecting(one, "1"), one));
        Reason(await Client.PlacementAsync($"{two}.{cluster}")).ShouldBe(("Blocked", "ObjectCollision"));
        var freed = await Client.DoneAsync("PUT", $"/promises/{one}", Fleet.Promise(one, Fleet.Selecting(one, "1"), $"other-{one}"));
        var impact = (await Client.GetAsync($"/changes/{freed.Header("Promises-Change")}")).Json["status"]!["impact"]!;
        ((int)impact["placements"]!["Add"]!).ShouldBe(2);
        await Client.SettledAsync();
        (await Client.StateAsync($"{two}.{cluster}"), await Client.StateAsync($"{needy}.{cluster}")).ShouldBe(("Written", "Written"));
        fixture.Server.Embedded().Show($"clusters/{cluster}/flux/{needy}.yaml").ShouldContain($"name: {two}");
    }

    [Fact]
    public async Task Composite_for_all_clusters_reaches_tainted_cordoned_unlabelled_and_future_ones_and_each_member_is_there_once()
    {
        var (whole, other, part, clusters) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("p"), Enumerable.Range(0, 4).Select(_ => Fleet.Name("c")).ToArray());
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(clusters[0]), Fleet.Cluster(clusters[1], "", """  "cordoned": true  """),
            Fleet.Cluster(clusters[2], "", """  "taints": [{"key": "gpu", "effect": "NoPlacement"}]  """),
            Fleet.Promise(part, """  "onlyIncluded": true  """, part),
            Fleet.Promise(whole, """  "allClusters": true  """, "", $$"""  "includes": [{"promise": "{{part}}"}]  """),
            Fleet.Promise(other, """  "allClusters": true  """, "", $$"""  "includes": [{"promise": "{{part}}"}]  """)));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(clusters[3]));
        await Client.SettledAsync();
        foreach (var cluster in clusters)
        {
            var placement = await Client.PlacementAsync($"{part}.{cluster}");
            placement["status"]!["includedBy"]!.ToJsonString().ShouldBe(new JsonArray([.. new[] { whole, other }.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]).ToJsonString());
            Condition(placement, "Scheduled").Reason.ShouldBe("Included");
            var parent = await Client.PlacementAsync($"{whole}.{cluster}");
            ((string)parent["status"]!["state"]!, parent["status"]!["commit"]).ShouldBe(("Written", null));
            Condition(parent, "Scheduled").Reason.ShouldBe("AllClusters");
        }

        // Both are for every cluster of this server: the other tests do without.
        foreach (var name in new[] { whole, other }) await Client.DoneAsync("DELETE", $"/promises/{name}");
        (await Client.StateAsync($"{part}.{clusters[0]}")).ShouldBeOneOf("Retained", "Pending");
        await Client.DoneAsync("DELETE", $"/promises/{part}");
        await Client.SettledAsync();
        (await Client.GetAsync($"/placements?promise={part}")).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Member_whose_pin_is_out_of_range_is_blocked_until_it_fits()
    {
        var (whole, part, cluster) = (Fleet.Name("p"), Fleet.Name("p"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(cluster, $"{whole}=1"), Fleet.Promise(part, """  "onlyIncluded": true  """, part, """  "version": "1.0.0"  """),
            Fleet.Promise(whole, Fleet.Selecting(whole, "1"), "", $$"""  "includes": [{"promise": "{{part}}", "version": ">=2.0.0"}]  """)));
        Reason(await Client.PlacementAsync($"{part}.{cluster}")).ShouldBe(("Blocked", "MemberNotPinned"));
        await Client.DoneAsync("PUT", $"/promises/{part}", Fleet.Promise(part, """  "onlyIncluded": true  """, part, """  "version": "2.0.0"  """));
        await Client.SettledAsync();
        Reason(await Client.PlacementAsync($"{part}.{cluster}")).ShouldBe(("Written", "Included"));
    }

    [Fact]
    public async Task Resync_adds_what_was_missed_writes_outdated_ones_anew_and_removes_nothing()
    {
        var (promise, kept, lost, drifted) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("c"), Fleet.Name("c"));
        await Client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(kept, $"{promise}=1"), Fleet.Cluster(lost, $"{promise}=1"), Fleet.Cluster(drifted, $"{promise}=1"),
            Fleet.Promise(promise, Fleet.Selecting(promise, "1") + """, "onUnmatch": "Withdraw" """, promise)));
        await Client.SettledAsync();

        var database = fixture.Server.Services.GetRequiredService<NpgsqlDataSource>();
        await using (var edit = database.CreateCommand(
            $$"""
            UPDATE clusters SET labels = '{}' WHERE name = '{{kept}}';
            DELETE FROM placements WHERE cluster = '{{lost}}';
            -- A version without events: whoever moves forward has to load it all.
            UPDATE fleet SET version = version + 1;
            UPDATE placements SET digest = 'sha256:old', written_digest = 'sha256:old' WHERE cluster = '{{drifted}}';
            """)) await edit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await fixture.Server.Services.GetServices<IHostedService>().OfType<SchedulingReconciler>().Single().ResyncAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{promise}.{lost}")).Status == 200);
        await Wait.UntilAsync(async () => Condition(await Client.PlacementAsync($"{promise}.{kept}"), "Scheduled").Reason == "AwaitingConfirmation");
        await Wait.UntilAsync(async () => (string)(await Client.PlacementAsync($"{promise}.{drifted}"))["status"]!["digest"]! != "sha256:old");
        ((string)(await Client.VerdictAsync(promise, kept))["outcome"]!).ShouldBe("Retained");

        (await Client.PutAsync($"/clusters/{kept}/labels/more", Fleet.Node("""{"value": "1"}"""))).Status.ShouldBe(200);
        Condition(await Client.PlacementAsync($"{promise}.{kept}"), "Scheduled").Reason.ShouldBe("AwaitingConfirmation");
        (await Client.DeleteAsync($"/placements/{promise}.{kept}")).ShouldBeProblem(409, "impact-confirmation-required");
        await Client.DoneAsync("DELETE", $"/placements/{promise}.{kept}");
        await Wait.UntilAsync(async () => (await Client.GetAsync($"/placements/{promise}.{kept}")).Status == 404);
    }

    private async Task<List<string>> NamesAsync(string query) =>
        [.. (await Client.GetAsync($"/placements?{query}")).Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];

    private static List<(string, string, string)> Conditions(JsonNode placement) =>
        [.. placement["status"]!["conditions"]!.AsArray().Select(condition => ((string)condition!["type"]!, (string)condition["status"]!, (string)condition["reason"]!))];

    private static (string Status, string Reason, string At) Condition(JsonNode placement, string type)
    {
        var condition = placement["status"]!["conditions"]!.AsArray().Single(condition => (string)condition!["type"]! == type)!;
        return ((string)condition["status"]!, (string)condition["reason"]!, (string)condition["lastTransitionTime"]!);
    }

    private static string Text(JsonNode placement, string type) =>
        (string)placement["status"]!["conditions"]!.AsArray().Single(condition => (string)condition!["type"]! == type)!["message"]!;

    private static (string State, string Reason) Reason(JsonNode placement) => ((string)placement["status"]!["state"]!, Condition(placement, "Scheduled").Reason);
}

internal static class Clock
{
    /// <summary>Times are shown to the second: what happens from here on shows another one.</summary>
    public static Task NextSecondAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Wait.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() > now));
    }
}
