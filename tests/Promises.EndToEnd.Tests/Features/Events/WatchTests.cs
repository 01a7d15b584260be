using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Plans;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Events;

public sealed class WatchTests(TestPostgres postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Clients_that_come_and_go_while_the_fleet_changes_end_with_what_the_lists_show(int seed)
    {
        using var place = new TempDirectory();
        var database = await postgres.MigratedAsync();
        await using var one = TestServer.Start(database);
        await using var two = TestServer.Start(database);
        ApiClient[] clients = [one.Client, new(two.Address, one.AdminToken)];
        var random = new Random(seed);
        var classic = new GitRepo(place["classic.git"]);
        (await clients[0].PostAsync("/state-stores", Fleet.Node($$"""{"metadata": {"name": "classic"}, "spec": {"layout": "kratix", "git": {"url": "{{classic.Url}}"} } }"""))).ShouldBe(201);
        var writes = new RandomWrites(random);
        await clients[0].DoneAsync("POST", "/apply", new JsonArray(
            writes.NewCluster(), writes.NewCluster("classic"), writes.NewCluster(), writes.NewCluster(), writes.NewPromise("d"), writes.NewPromise("e")));

        var ended = new TaskCompletionSource();
        var watchers = Enumerable.Range(0, 5).Select(number => new Watcher(one.AdminToken, [one.Address, two.Address], new Random((10 * seed) + number))).ToList();
        var watching = watchers.Select(watcher => watcher.RunAsync(ended.Task)).ToList();
        for (var i = 0; i < 40; i++)
        {
            var (method, path, body) = writes.Next();
            var client = clients[random.Next(2)];
            var reply = await client.SendAsync(method, path, body?.ToJsonString());
            if (reply is { Status: 409, Code: "impact-confirmation-required" })
                reply = await client.SendAsync(method, path, body?.ToJsonString(), headers: ("Impact-Token", (string)reply.Json["impactToken"]!));
            reply.Status.ShouldBeLessThan(500, reply.Text);
        }

        await clients[0].SettledAsync();
        var expected = await Watcher.ListAsync(clients[0]);
        try
        {
            await Wait.UntilAsync(() => Task.FromResult(watchers.All(watcher => Difference(expected, watcher.Seen).Count == 0) || watching.Any(task => task.IsFaulted)), EventClient.Patience);
        }
        catch (TimeoutException)
        {
            watchers.SelectMany(watcher => Difference(expected, watcher.Seen)).Distinct().ShouldBeEmpty();
        }

        ended.SetResult();
        await Task.WhenAll(watching);
        expected.Count.ShouldBeGreaterThan(10);
        watchers.Sum(watcher => watcher.Connections).ShouldBeGreaterThan(10);
    }

    private static List<string> Difference(IReadOnlyDictionary<(string, string), string> expected, IReadOnlyDictionary<(string, string), string> seen) =>
    [
        .. expected.Keys.Union(seen.Keys).Where(key => expected.GetValueOrDefault(key) != seen.GetValueOrDefault(key))
            .Select(key => $"{key}\n  {expected.GetValueOrDefault(key)}\n  {seen.GetValueOrDefault(key)}"),
    ];

    /// <summary>A client that keeps a copy of the fleet: it lists once, follows, breaks off as it likes, and comes back where it was, on any server.</summary>
    private sealed class Watcher(string token, Uri[] servers, Random random)
    {
        private static readonly string[] s_routes = ["/clusters", "/promises", "/environments", "/state-stores", "/credentials", "/placements"];

        private readonly Lock _lock = new();
        private Dictionary<(string, string), string> _seen = [];

        public int Connections { get; private set; }

        public Dictionary<(string, string), string> Seen
        {
            get
            {
                lock (_lock) return new(_seen);
            }
        }

        public static async Task<Dictionary<(string, string), string>> ListAsync(ApiClient client)
        {
            var all = new Dictionary<(string, string), string>();
            foreach (var route in s_routes)
            {
                foreach (var item in (await client.GetAsync($"{route}?limit=1000")).Json["items"]!.AsArray()) all.Add(Key(item!), Text(item!));
            }

            return all;
        }

        public async Task RunAsync(Task ended)
        {
            var address = servers[random.Next(servers.Length)];
            var client = new ApiClient(address, token);
            var version = (await client.GetAsync("/clusters?limit=1")).Text("/metadata/resourceVersion");
            var listed = await ListAsync(client);
            lock (_lock) _seen = listed;
            var (query, lastId) = ($"?since={version}", (string?)null);
            while (!ended.IsCompleted)
            {
                Connections++;
                await using var events = await EventClient.OpenAsync(servers[random.Next(servers.Length)], token, query, lastId);
                await Task.WhenAny(ended, events.Ended, Task.Delay(random.Next(20, 600), TestContext.Current.CancellationToken));
                await events.DisposeAsync();
                foreach (var sent in events.Events) Apply(sent);
                lastId = events.LastId;
            }
        }

        private void Apply(SentEvent sent)
        {
            sent.Event.ShouldNotBe("reset");
            lock (_lock)
            {
                var found = sent.Data["object"]!;
                if (sent.Event == "DELETED") _seen.Remove(Key(found));
                else if (sent.Kind != "Promotion") _seen[Key(found)] = Text(found);
            }
        }

        /// <summary>Without what moves with the clock alone.</summary>
        private static string Text(JsonNode item)
        {
            (item["status"] as JsonObject)?.Remove("lease");
            return item.ToJsonString();
        }

        private static (string, string) Key(JsonNode item) => ((string)item["kind"]!, (string)item["metadata"]!["name"]!);
    }
}
