using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Clients that label clusters through whichever replica answers, and how long each label takes to the branch.</summary>
internal sealed class Soak(Replicas replicas, IReadOnlyList<GitRepo> stores, int clusters)
{
    private const int Writers = 6;

    private readonly ConcurrentBag<(long Change, int Store, long SentAt)> _accepted = [];
    private readonly ConcurrentDictionary<string, string?> _teams = new(StringComparer.Ordinal);

    public static string Store(int index) => $"s{index}";

    public async Task PrepareAsync()
    {
        var api = replicas[0]!;
        for (var i = 0; i < stores.Count; i++) await api.DoneAsync("PUT", $"/state-stores/{Store(i)}", Fleet.Node($$"""{"spec": {"git": {"url": "{{stores[i].Url}}"} } }"""));
        var placement = Fleet.Selecting("team", "A") + """, "onUnmatch": "Withdraw" """;
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", placement, "p=1"));
        for (var i = 0; i < clusters; i++) await api.DoneAsync("POST", "/clusters", Fleet.Cluster($"c{i}", "", $$""" "stateStore": {"name": "{{Store(i % stores.Count)}}"} """));
        await api.SettledAsync();
    }

    /// <summary>Labels for a while, each writer on clusters of its own, a few times a second.</summary>
    public Task LoadAsync(TimeSpan duration)
    {
        var began = TimeProvider.System.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var random = new Random(writer);
            while (TimeProvider.System.GetElapsedTime(began) < duration)
            {
                await WriteAsync(random, (random.Next(clusters / Writers) * Writers) + writer);
                await Task.Delay(random.Next(50, 150), TestContext.Current.CancellationToken);
            }
        }));
    }

    /// <summary>Milliseconds from the request to the branch, of all accepted writes since this was asked last; sorted. A change that never came is an error.</summary>
    public async Task<IReadOnlyList<double>> LatenciesAsync(IReadOnlyList<CommitWatch> watches)
    {
        var latencies = new List<double>();
        while (_accepted.TryTake(out var write))
        {
            if (watches[write.Store].SeenAt(write.Change) is { } seen) latencies.Add(TimeProvider.System.GetElapsedTime(write.SentAt, seen).TotalMilliseconds);
            // Two labels of one cluster between two commits may cancel out: then there was nothing to write.
            else (await replicas[0]!.GetAsync($"/changes/{write.Change}")).Json["status"]!["commits"]!.AsArray().ShouldBeEmpty($"change {write.Change} is lost");
        }

        return [.. latencies.Order()];
    }

    /// <summary>The labels as the clients had them confirmed: what every replica has to show.</summary>
    public async Task CheckLabelsAsync(ApiClient api)
    {
        var shown = (await api.GetAsync("/clusters?limit=1000")).Json["items"]!.AsArray()
            .ToDictionary(cluster => (string)cluster!["metadata"]!["name"]!, cluster => (string?)cluster!["metadata"]!["labels"]!["team"]);
        foreach (var (cluster, team) in _teams) shown[cluster].ShouldBe(team, cluster);
    }

    private async Task WriteAsync(Random random, int cluster)
    {
        var name = $"c{cluster}";
        var team = _teams.GetValueOrDefault(name) is null ? "A" : null;
        var body = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["team"] = team } } };
        for (var attempt = 0; ; attempt++)
        {
            if (replicas[random.Next(replicas.Count)] is not { } api) continue;
            try
            {
                var sentAt = TimeProvider.System.GetTimestamp();
                var reply = await api.DoneAsync("PATCH", $"/clusters/{name}", body);
                _teams[name] = team;
                if (reply.Header("Promises-Change") is { } change) _accepted.Add((long.Parse(change, CultureInfo.InvariantCulture), cluster % stores.Count, sentAt));
                return;
            }
            catch (HttpRequestException) when (attempt < 50)
            {
                // Killed while it answered. The same label again: whether it was accepted the first time makes no difference.
            }
        }
    }
}
