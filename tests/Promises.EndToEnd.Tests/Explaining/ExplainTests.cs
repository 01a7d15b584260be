using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Plans;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Explaining;

public sealed class ExplainTests(ServerFixture fixture, TestPostgres postgres) : IClassFixture<ServerFixture>
{
    private static readonly string[] s_rules = ["pinned", "selected", "cordon", "taints", "requires", "capability", "collision"];

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Verdict_names_the_failing_clause_what_was_found_and_the_request_that_changes_it()
    {
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var client = server.Client;
        var (promise, c2, a1) = (Fleet.Name("p"), Fleet.Name("c"), Fleet.Name("a"));
        await client.DoneAsync("POST", "/apply", new JsonArray(
            Fleet.Cluster(c2), Fleet.Cluster(a1, "team=A", """  "environment": "apps"  """), Fleet.Promise(promise, Fleet.Selecting("team", "A"), promise)));
        var list = (await client.GetAsync($"/explain?promise={promise}&cluster=")).Json;
        ((string)list["kind"]!).ShouldBe("VerdictList");
        ((string)list["summary"]!).ShouldBe($"0 of 2 clusters take {promise}: 1 selected (label team is missing), 1 pinned (no revision in apps).");
        var verdict = list["items"]!.AsArray().Single(item => (string)item!["cluster"]! == c2)!;
        ((string)verdict["outcome"]!, (int)verdict["revision"]!).ShouldBe(("NotPlaced", 1));
        ((string)verdict["headline"]!).ShouldBe($"{promise} needs team=A; cluster {c2} has no label team.");
        verdict["rules"]!.AsArray().Select(rule => (string)rule!["rule"]!).ShouldBe(s_rules);
        verdict["rules"]![1]!["clauses"]!.ToJsonString().ShouldBe("""[{"key":"team","operator":"In","values":["A"],"found":null,"passed":false}]""");
        verdict["remedies"]![0]!["request"]!.ToJsonString().ShouldBe($$$"""{"method":"PUT","path":"/clusters/{{{c2}}}/labels/team","body":{"value":"A"}}""");

        var unpinned = list["items"]!.AsArray().Single(item => (string)item!["cluster"]! == a1)!;
        unpinned["revision"].ShouldBeNull();
        unpinned["rules"]!.AsArray().Select(rule => (bool)rule!["passed"]!).ShouldBe([false, true, true, true, true, true, true]);
        ((string)unpinned["remedies"]![0]!["request"]!["path"]!).ShouldBe("/promotions");
    }

    [Fact]
    public async Task Pairs_are_paged_and_what_is_not_there_is_said()
    {
        var promise = Fleet.Name("p");
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting("team", "A"), promise));
        for (var i = 0; i < 3; i++) await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("e")));
        var all = (await Client.GetAsync($"/explain?promise={promise}")).Json["items"]!.AsArray().Select(item => (string)item!["cluster"]!).ToList();
        var (seen, next) = (new List<string>(), "");
        do
        {
            var page = (await Client.GetAsync($"/explain?promise={promise}&limit=2&continue={next}")).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["cluster"]!));
            next = (string)page["metadata"]!["continue"]!;
        }
        while (next.Length > 0);
        seen.ShouldBe(all);
        (await Client.GetAsync("/explain")).ShouldBeProblem(400, "malformed");
        (await Client.GetAsync("/explain?promise=&cluster=")).ShouldBeProblem(400, "malformed");
        (await Client.GetAsync("/explain?promise=no-such")).ShouldBeProblem(404, "not-found");
        (await Client.GetAsync($"/explain?promise={promise}&cluster=no-such")).ShouldBeProblem(404, "not-found");
    }

    [Theory]
    [InlineData(11)]
    public async Task Remedies_when_they_are_sent_make_the_rule_of_the_headline_pass(int seed)
    {
        using var place = new TempDirectory();
        await using var server = TestServer.Start(await postgres.MigratedAsync());
        var (client, random) = (server.Client, new Random(seed));
        await client.DoneAsync("POST", "/state-stores", Fleet.Node($$"""{"metadata": {"name": "classic"}, "spec": {"layout": "kratix", "git": {"url": "{{new GitRepo(place["c.git"]).Url}}"} } }"""));
        var writes = new RandomWrites(random);
        await client.DoneAsync("POST", "/apply", new JsonArray(writes.NewCluster(), writes.NewCluster(), writes.NewCluster(), writes.NewPromise("d"), writes.NewPromise("e")));

        var sent = new Dictionary<string, int>();
        for (var i = 0; i < 40; i++)
        {
            var (method, path, body) = writes.Next();
            var reply = await client.SendAsync(method, path, body?.ToJsonString());
            if (reply.Status == 409 && reply.Json["impactToken"] is { } token) await client.SendAsync(method, path, body?.ToJsonString(), headers: ("Impact-Token", (string)token!));

            var verdicts = (await client.GetAsync($"/explain?cluster={writes.Clusters[random.Next(writes.Clusters.Count)]}")).Json["items"]!.AsArray();
            verdicts.ShouldAllBe(item => item!["rules"]!.AsArray().Select(rule => (string)rule!["rule"]!).SequenceEqual(s_rules));
            var curable = verdicts.Where(item => item!["remedies"]!.AsArray() is { Count: > 0 } remedies && remedies.All(remedy => remedy!["request"] is not null)).ToList();
            if (curable.Count == 0) continue;
            var verdict = curable[random.Next(curable.Count)]!;
            var rule = (string)verdict["rules"]!.AsArray().First(rule => !(bool)rule!["passed"]!)!["rule"]!;
            foreach (var request in verdict["remedies"]!.AsArray().Select(remedy => remedy!["request"]!))
                await client.DoneAsync((string)request["method"]!, (string)request["path"]!, request["body"]);
            var after = await client.VerdictAsync((string)verdict["promise"]!, (string)verdict["cluster"]!);
            ((bool)after["rules"]!.AsArray().Single(result => (string)result!["rule"]! == rule)!["passed"]!)
                .ShouldBeTrue($"{i} {verdict.ToJsonString()}\n{after.ToJsonString()}");
            sent[rule] = sent.GetValueOrDefault(rule) + 1;
        }

        sent.Values.Sum().ShouldBeGreaterThan(8);
        sent.Count.ShouldBeGreaterThan(1);
    }
}
