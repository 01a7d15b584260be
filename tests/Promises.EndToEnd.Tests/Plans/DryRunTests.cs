using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Plans;

public sealed class DryRunTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Dry_run_of_any_write_is_what_the_write_then_does(int seed)
    {
        using var place = new TempDirectory();
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var (client, random) = (server.Client, new Random(seed));
        var classic = new GitRepo(place["classic.git"]);
        (await client.PostAsync("/state-stores", Fleet.Node($$"""{"metadata": {"name": "classic"}, "spec": {"layout": "kratix", "git": {"url": "{{classic.Url}}"} } }"""))).Status.ShouldBe(201);
        var writes = new RandomWrites(random);
        await client.DoneAsync("POST", "/apply", new JsonArray(
            writes.NewCluster(), writes.NewCluster("classic"), writes.NewCluster(), writes.NewCluster(), writes.NewPromise("d"), writes.NewPromise("e")));

        var (done, removed) = (0, 0);
        for (var i = 0; i < 30; i++)
        {
            await client.SettledAsync();
            var (method, path, body) = writes.Next();
            var before = await SeenAsync(server, classic);
            var planned = await client.SendAsync(method, path + (path.Contains('?') ? "&" : "?") + "dryRun=true", body?.ToJsonString());
            (await SeenAsync(server, classic)).Placements.ShouldBe(before.Placements, "A dry run keeps nothing.");
            if (planned.Status != 200)
            {
                var refused = await client.SendAsync(method, path, body?.ToJsonString());
                (refused.Status, refused.Code).ShouldBe((planned.Status, planned.Code), $"{i}: {method} {path} {refused.Text}");
                continue;
            }

            var plan = planned.Json;
            var again = await client.SendAsync(method, path + (path.Contains('?') ? "&" : "?") + "dryRun=All", body?.ToJsonString());
            ((string)again.Json["digest"]!).ShouldBe((string)plan["digest"]!);
            var token = (string?)plan["impactToken"];
            (plan["impact"]!["removals"]!.AsArray().Count > 0).ShouldBe(token is not null);
            if (token is not null)
            {
                var refused = (await client.SendAsync(method, path, body?.ToJsonString())).ShouldBeProblem(409, "impact-confirmation-required");
                refused.Json["impact"]!.ToJsonString().ShouldBe(plan["impact"]!.ToJsonString());
                removed++;
            }

            var reply = await client.SendAsync(method, path, body?.ToJsonString(), headers: token is null ? [] : [("Impact-Token", token)]);
            reply.Status.ShouldBeOneOf([200, 201], reply.Text);
            await client.SettledAsync();
            var after = await SeenAsync(server, classic);
            var what = $"{i}: {method} {path} {body?.ToJsonString()}\n{plan.ToJsonString()}";
            Files(plan).ShouldBe(Difference(before.Files, after.Files), what);
            // Where files are kept nothing is a removal: the cluster is forgotten with its placements.
            if (path.EndsWith("files=keep", StringComparison.Ordinal))
            {
                var forgotten = "." + path.Split('/', '?')[2];
                foreach (var name in before.Placements.Keys.Where(name => name.EndsWith(forgotten, StringComparison.Ordinal)).ToList()) before.Placements.Remove(name);
            }

            Placements(plan, before.Placements).ShouldBe(after.Placements, what);
            Moved(plan).ShouldBeSubsetOf(before.Placements.Keys.Union(after.Placements.Keys), what);
            if (reply.Header("Promises-Change") is { } change)
                (await client.GetAsync($"/changes/{change}")).Json["status"]!["impact"]!.ToJsonString().ShouldBe(plan["impact"]!.ToJsonString(), what);
            else Moved(plan).ShouldBeEmpty(what);
            done++;
        }

        done.ShouldBeGreaterThan(10);
        removed.ShouldBeGreaterThan(0);
    }

    private static async Task<(SortedDictionary<string, string> Placements, Dictionary<string, string> Files)> SeenAsync(TestServer server, GitRepo classic)
    {
        var items = (await server.Client.GetAsync("/placements?limit=1000")).Json["items"]!.AsArray();
        var placements = new SortedDictionary<string, string>(
            items.ToDictionary(item => (string)item!["metadata"]!["name"]!, item => $"{(string)item!["status"]!["state"]!}@{item["spec"]!["revision"]}"), StringComparer.Ordinal);
        var files = server.Embedded().Tree().Concat(classic.Tree())
            .Where(file => (file.Key.Contains("/placements/") || file.Key.Contains("/dependencies/") || file.Key.Contains("/flux/")) && !file.Key.EndsWith("/promises-cluster.yaml") && !file.Key.Contains("kratix-canary"));
        return (placements, files.ToDictionary(StringComparer.Ordinal));
    }

    private static List<string> Difference(Dictionary<string, string> before, Dictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys).Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path)).Order(StringComparer.Ordinal)
            .Select(path => $"{(!before.ContainsKey(path) ? "Add" : after.ContainsKey(path) ? "Change" : "Remove")} {path}"),
    ];

    private static List<string> Files(JsonNode plan) =>
        [.. plan["placements"]!.AsArray().SelectMany(item => item!["files"]!.AsArray()).OrderBy(file => (string)file!["path"]!, StringComparer.Ordinal).Select(file => $"{file!["change"]} {file["path"]}")];

    private static IEnumerable<string> Moved(JsonNode plan) => plan["placements"]!.AsArray().Select(item => (string)item!["name"]!);

    /// <summary>What the listing has to say after the plan was carried out.</summary>
    private static SortedDictionary<string, string> Placements(JsonNode plan, SortedDictionary<string, string> before)
    {
        var after = new SortedDictionary<string, string>(before, StringComparer.Ordinal);
        foreach (var item in plan["placements"]!.AsArray())
        {
            var name = (string)item!["name"]!;
            var state = (string)item["change"]! switch
            {
                "Add" => "Written",
                "Update" when after[name].StartsWith("Retained", StringComparison.Ordinal) && ((string)item["reason"]!["message"]!).Contains("It is kept until it is withdrawn.") => "Retained",
                "Update" => "Written",
                "Retain" => "Retained",
                "Block" => "Blocked",
                _ => null,
            };
            if (state is null) after.Remove(name);
            else after[name] = $"{state}@{item["toRevision"]}";
        }

        return after;
    }
}
