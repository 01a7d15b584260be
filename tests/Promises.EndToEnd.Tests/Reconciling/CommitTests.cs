using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Reconciling;

/// <summary>What <c>git log</c> of a state store says: one commit per batch, and every change in exactly one of them.</summary>
public sealed class CommitTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Commit_says_what_changed_in_its_subject_its_body_and_its_trailers()
    {
        using var store = new OwnStore("cm");
        await store.RegisterAsync(Client, new JsonObject
        {
            ["author"] = new JsonObject { ["name"] = "Fleet", ["email"] = "fleet@example.com" },
            ["committer"] = new JsonObject { ["name"] = "Robot", ["email"] = "robot@example.com" },
        });
        await AppliedAsync(store, Cluster("cm-1", store.Name), Cluster("cm-2", store.Name));
        await AppliedAsync(store, Promise("cm-redis", store.Name, "a"));
        store.Repo.Message().ShouldStartWith("2 placements on 2 clusters: cm-redis added at 1\n\ncm-1: cm-redis added at 1\ncm-2: cm-redis added at 1\n\n");

        var change = await AppliedAsync(store, Promise("cm-redis", store.Name, "b"));
        Regex.Replace(store.Repo.Message().TrimEnd('\n'), "(?<=Promises-Epoch: )[1-9][0-9]*", "<epoch>").ShouldBe(
            $"""
            2 placements on 2 clusters: cm-redis 1 -> 2

            cm-1: cm-redis 1 -> 2
            cm-2: cm-redis 1 -> 2

            Promises-Placement: cm-redis.cm-1@2
            Promises-Placement: cm-redis.cm-2@2
            Promises-Change: {change}
            Promises-Requested-By: admin
            Promises-Store: cm
            Promises-Epoch: <epoch>
            Promises-Version: {change}
            """);
        store.Repo.In("log", "-1", "--format=%an <%ae> %cn <%ce>").Trim().ShouldBe("Fleet <fleet@example.com> Robot <robot@example.com>");
        (await Client.GetAsync($"/changes/{change}")).Json["status"]!["commits"]!.ToJsonString()
            .ShouldBe($$"""[{"stateStore":"cm","commit":"{{store.Repo.Head()}}","settled":true}]""");
    }

    [Fact]
    public async Task Every_change_stands_in_exactly_one_commit_of_each_store_that_it_concerns()
    {
        using var one = new OwnStore("ce-1");
        using var two = new OwnStore("ce-2");
        foreach (var store in (OwnStore[])[one, two]) await store.RegisterAsync(Client);
        var admin = Client;
        var other = await Client.AsAsync("operator");

        // Faster than the stores are written, so that commits carry several changes.
        for (var i = 0; i < 8; i++) (await admin.PostAsync("/clusters", Cluster($"ce-{i}", i % 2 == 0 ? one.Name : two.Name, "ce"))).Status.ShouldBe(201);
        for (var i = 0; i < 6; i++) (await (i % 2 == 0 ? admin : other).SendAsync("PUT", "/promises/ce", Promise("ce", "ce", $"v{i}").ToJsonString())).Status.ShouldBeOneOf(200, 201);
        (await admin.PostAsync("/promises", Promise("ce-empty", "ce"))).Status.ShouldBe(201);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => admin.SendAsync("PUT", $"/clusters/ce-{i}/labels/store", """{"value": "none"}""")));
        foreach (var store in (OwnStore[])[one, two]) await store.SettledAsync(Client);

        var changes = (await Client.GetAsync("/changes?limit=1000")).Json["items"]!.AsArray();
        foreach (var store in (OwnStore[])[one, two])
        {
            var told = changes.SelectMany(change => change!["status"]!["commits"]!.AsArray()
                .Where(commit => commit!["stateStore"]!.ToString() == store.Name).Select(commit => $"{change["metadata"]!["name"]} {commit!["commit"]}"));
            var commits = store.Repo.In("rev-list", "--reverse", "main").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var logged = commits.SelectMany(commit => Trailers(store, commit).Where(trailer => trailer.Key == "Promises-Change").Select(trailer => $"{trailer.Value} {commit}")).ToList();
            logged.ShouldBe(told, ignoreOrder: true);
            logged.Select(line => line.Split(' ')[0]).ShouldBeUnique();

            var versions = commits.Select(commit => long.Parse(Trailers(store, commit).Single(trailer => trailer.Key == "Promises-Version").Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            versions.ShouldBe(versions.Order());
            commits.SelectMany(commit => Trailers(store, commit)).Select(trailer => trailer.Key).Distinct()
                .ShouldBe(["Promises-Placement", "Promises-Change", "Promises-Requested-By", "Promises-Store", "Promises-Epoch", "Promises-Version"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task What_changes_nothing_on_the_branch_is_no_commit()
    {
        using var store = new OwnStore("cn");
        await store.RegisterAsync(Client);
        await AppliedAsync(store, Cluster("cn-1", store.Name), Promise("cn", store.Name, "a"));
        var head = store.Repo.Head();

        (await Client.SendAsync("PUT", "/clusters/cn-1/labels/zone", """{"value": "z"}""")).Header("Promises-Change").ShouldNotBeNull();
        (await Client.SendAsync("PUT", "/clusters/cn-1/labels/store", """{"value": "none"}""")).Status.ShouldBe(200);
        var relabelled = Promise("cn", store.Name, "a");
        relabelled["metadata"]!["labels"] = new JsonObject { ["of"] = "mine" };
        await AppliedAsync(store, relabelled);
        (await Client.GetAsync("/placements/cn.cn-1")).Json["status"]!["state"]!.ToString().ShouldBe("Retained");
        store.Repo.Head().ShouldBe(head);

        // The next write of anything to the store finds nothing else to do.
        await AppliedAsync(store, Cluster("cn-2", store.Name));
        store.Repo.In("show", "--format=", "--name-only", "main").Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(file => file.StartsWith("clusters/cn-2/"));
    }

    [Fact]
    public async Task Promise_for_a_thousand_clusters_of_one_store_is_one_commit()
    {
        using var store = new OwnStore("ct");
        await store.RegisterAsync(Client);
        foreach (var half in (int[])[0, 1]) await AppliedAsync(store, [.. Enumerable.Range(half * 500, 500).Select(i => Cluster($"ct-{i}", store.Name))]);
        await AppliedAsync(store, Promise("ct", store.Name, "a"));
        var commits = store.Repo.Commits();

        var change = await AppliedAsync(store, Promise("ct", store.Name, "b"));
        store.Repo.Commits().ShouldBe(commits + 1);
        store.Repo.In("log", "-1", "--format=%s").Trim().ShouldBe("1000 placements on 1000 clusters: ct 1 -> 2");
        store.Repo.In("show", "--format=", "--name-only", "main").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1000);
        Trailers(store, "main").Count(trailer => trailer.Key == "Promises-Placement").ShouldBe(50);
        Trailers(store, "main").ShouldContain(("Promises-Change", change));
    }

    private static List<(string Key, string Value)> Trailers(OwnStore store, string commit) =>
    [
        .. store.Repo.In("log", "-1", "--format=%(trailers:only,unfold)", commit).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[1])),
    ];

    /// <returns>The number of the change.</returns>
    private async Task<string> AppliedAsync(OwnStore store, params JsonNode[] documents)
    {
        var reply = await Client.PostAsync("/apply", new JsonArray([.. documents]));
        reply.Status.ShouldBe(200, reply.Text);
        await store.SettledAsync(Client);
        return reply.Header("Promises-Change")!;
    }

    private static JsonObject Cluster(string name, string store, string? label = null) => new()
    {
        ["kind"] = "Cluster",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["store"] = label ?? store } },
        ["spec"] = new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store } },
    };

    /// <param name="content">Null for no objects.</param>
    private static JsonObject Promise(string name, string label, string? content = null) => new()
    {
        ["kind"] = "Promise",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["placement"] = new JsonObject { ["clusterSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["store"] = label } } },
            ["dependencies"] = content is null ? [] : new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
                ["data"] = new JsonObject { ["is"] = content },
            }),
        },
    };
}
