using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Features.Events;

public sealed class EventStreamTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task What_comes_changes_and_goes_is_sent_as_GET_shows_it()
    {
        await using var events = await OpenAsync();
        var (cluster, promise) = (Fleet.Name("c"), Fleet.Name("p"));
        await Client.DoneAsync("POST", "/promises", Fleet.Promise(promise, Fleet.Selecting("of", promise), "x"));
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(cluster, $"of={promise}"));
        await Client.SettledAsync();

        await events.UntilAsync("Promise", promise, "ADDED");
        await events.UntilAsync("Cluster", cluster, "ADDED");
        var written = await events.UntilAsync(sent => sent.Kind == "Placement" && State(sent) == "Written");
        written.Data["object"]!.ToJsonString().ShouldBe((await Client.PlacementAsync($"{promise}.{cluster}")).ToJsonString());
        await events.UntilAsync(sent => sent.Kind == "StateStore" && (int)sent.Data["object"]!["status"]!["pendingClusters"]! == 0);
        await events.UntilAsync(sent => sent.Kind == "Cluster" && (int)sent.Data["object"]!["status"]!["placements"]!["Written"]! == 1);

        await Client.DoneAsync("DELETE", $"/clusters/{cluster}?files=remove");
        await Client.SettledAsync();
        var gone = await events.UntilAsync("Cluster", cluster, "DELETED");
        gone.Data.ToJsonString().ShouldBe("""{"type":"DELETED","object":{"apiVersion":"promises.dev/v1alpha1","kind":"Cluster","metadata":{"name":"CLUSTER"}}}""".Replace("CLUSTER", cluster));
        await events.UntilAsync("Placement", $"{promise}.{cluster}", "DELETED");
        events.Events.Where(sent => sent.Kind == "Placement").Select(State).ShouldContain("Withdrawing");
        events.Events.Select(sent => sent.Id).ShouldBeUnique();
        events.Events.ShouldAllBe(sent => (string?)sent.Data["type"] == sent.Event);
    }

    private static string? State(SentEvent sent) => (string?)sent.Data["object"]?["status"]?["state"];

    private Task<EventClient> OpenAsync(string query = "", string? lastId = null) => EventClient.OpenAsync(fixture.Server.Address, fixture.Server.AdminToken, query, lastId);
}
