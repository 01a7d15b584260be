using System.Globalization;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A fleet of two clusters on a store, whose server is killed and started again and again.</summary>
/// <param name="spec">Of the store.</param>
/// <param name="credential">Its spec; null where the store needs none.</param>
/// <param name="repository">Of an embedded store, in the data directory.</param>
internal sealed class CrashSite(string database, string place, JsonObject spec, JsonObject? credential, GitRepo repository)
{
    private const string Theirs = "theirs/notes.txt";
    private int _generation;

    public async Task PrepareAsync()
    {
        await using var server = await StartAsync();
        var api = server.Client;
        if (credential is not null) await api.DoneAsync("PUT", "/credentials/writer", new JsonObject { ["spec"] = credential });
        await api.DoneAsync("PUT", "/state-stores/fleet", new JsonObject { ["spec"] = spec });
        foreach (var cluster in (string[])["c1", "c2"])
            await api.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, "team=A", """ "stateStore": {"name": "fleet"} """));
        await PublishAsync(api, ++_generation);
        await api.SettledAsync();
        // Only now is there a repository, where it is ours.
        repository.Commit("main", "Notes of somebody else", (Theirs, "Keep this."));
        // Else the next server finds it as soon as it starts, and is killed where it claims the store for that, before it is asked to write.
        (await api.SendAsync("POST", "/state-stores/fleet/sync", null)).Status.ShouldBe(202);
        await Wait.UntilAsync(async () => (string?)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["lastCommit"] == repository.Head(), TimeSpan.FromSeconds(30));
    }

    /// <summary>Kills the server at a point of one write, starts it again, and checks that the fleet is as if nothing had happened.</summary>
    public async Task CrashAsync(string failpoint)
    {
        var wanted = ++_generation;
        bool answered;
        await using (var doomed = await StartAsync(("PROMISES_Testing__FailAt", failpoint)))
        {
            answered = await IsAnsweredAsync(doomed, wanted);
            // Leases are let go when the server stops.
            if (failpoint.StartsWith("release:", StringComparison.Ordinal)) await doomed.SignalAsync("TERM");
            (await doomed.EndAsync()).ShouldNotBe(0, $"{failpoint} was not reached: {doomed.Said}");
        }

        await using var server = await StartAsync();
        var api = server.Client;
        var found = await GenerationAsync(api);
        found.ShouldBeOneOf([wanted, wanted - 1], failpoint);
        if (answered) found.ShouldBe(wanted, $"{failpoint}: an accepted write is gone");

        await ArrivesAsync(api, found, failpoint);
        if (found != wanted)
        {
            await PublishAsync(api, wanted);
            await ArrivesAsync(api, wanted, failpoint);
        }
    }

    private static async Task<bool> IsAnsweredAsync(ServerProcess server, int generation)
    {
        try
        {
            await PublishAsync(server.Client, generation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task ArrivesAsync(ApiClient api, int generation, string failpoint)
    {
        await Wait.UntilAsync(
            async () => (int)(await api.GetAsync("/state-stores/fleet")).Json["status"]!["pendingClusters"]! == 0
                && (await api.GetAsync("/placements")).Json["items"]!.AsArray().All(placement => (string)placement!["status"]!["state"]! == "Written"),
            TimeSpan.FromSeconds(30));

        var commits = new BranchHistory(repository).Read();
        commits.Select(commit => commit.Version).ShouldBeInOrder(SortDirection.Ascending, failpoint);
        commits.SelectMany(commit => commit.Changes).ShouldBeUnique($"{failpoint}: one write became two commits");
        commits[^1].Id.ShouldBe(repository.Head(), failpoint);
        commits[^1].Files.SetEquals([$"p c1 {generation}", $"p c2 {generation}"]).ShouldBeTrue($"{failpoint}: {string.Join(", ", commits[^1].Files)}");
        repository.Show(Theirs).Trim().ShouldBe("Keep this.");
    }

    private static async Task PublishAsync(ApiClient api, int generation) =>
        await api.DoneAsync("PUT", "/promises/p", Fleet.Promise("p", Fleet.Selecting("team", "A"), $"p={generation}"));

    private static async Task<int> GenerationAsync(ApiClient api)
    {
        var text = (string)(await api.GetAsync("/promises/p")).Json["spec"]!["dependencies"]![0]!["data"]!["x"]!;
        return int.Parse(text.Split('=')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>The data directory of a server at a place.</summary>
    public static string Data(string place) => Path.Combine(place, "data");

    private Task<ServerProcess> StartAsync(params IEnumerable<(string Name, string Value)> settings) => ServerProcess.StartAsync(
        Data(place), null, [("ConnectionStrings__Promises", database), ("Logging__LogLevel__Default", "Warning"), .. settings]);
}
