using Microsoft.Extensions.DependencyInjection;
using Promises.EndToEnd.Tests.Support;
using Promises.Server.Features.Events;
using Promises.Testing;

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
        var name = $"{promise}.{cluster}";
        var written = await events.UntilAsync(sent => sent.Name == name && State(sent) == "Written");
        written.Data["object"]!.ToJsonString().ShouldBe((await Client.PlacementAsync(name)).ToJsonString());
        await events.UntilAsync(sent => sent.Kind == "StateStore" && (int)sent.Data["object"]!["status"]!["pendingClusters"]! == 0);
        await events.UntilAsync(sent => sent.Name == cluster && (int)sent.Data["object"]!["status"]!["placements"]!["Written"]! == 1);

        await Client.DoneAsync("DELETE", $"/clusters/{cluster}?files=remove");
        await Client.SettledAsync();
        var gone = await events.UntilAsync("Cluster", cluster, "DELETED");
        gone.Data.ToJsonString().ShouldBe("""{"type":"DELETED","object":{"apiVersion":"promises.dev/v1alpha1","kind":"Cluster","metadata":{"name":"CLUSTER"}}}""".Replace("CLUSTER", cluster));
        await events.UntilAsync("Placement", name, "DELETED");
        events.Events.Select(sent => sent.Id).ShouldBeUnique();
        events.Events.ShouldAllBe(sent => sent.Id != null && (string?)sent.Data["type"] == sent.Event);
    }

    [Theory]
    [InlineData("/clusters", """{"metadata": {"name": "NAME"}}""", "Cluster")]
    [InlineData("/credentials", """{"metadata": {"name": "NAME"}, "spec": {"type": "token", "username": "x", "token": "s3cret"}}""", "Credential")]
    [InlineData("/environments", """{"metadata": {"name": "NAME"}, "spec": {"position": 30, "audience": "external"}}""", "Environment")]
    [InlineData("/state-stores", """{"metadata": {"name": "NAME"}}""", "StateStore")]
    [InlineData("/promises", """{"metadata": {"name": "NAME"}, "spec": {"placement": {"onlyIncluded": true}}}""", "Promise")]
    public async Task Every_kind_has_events_and_a_client_gets_those_it_asks_for(string route, string body, string kind)
    {
        var name = Fleet.Name("n");
        await using var byKind = await OpenAsync($"?kind={kind}");
        await using var byName = await OpenAsync($"?name={name}");
        await using var other = await OpenAsync("?kind=Promotion");
        await Client.PostTextAsync("/clusters", """{"metadata": {"name": "NAME"}}""".Replace("NAME", name + "-before"));
        (await Client.PostTextAsync(route, body.Replace("NAME", name))).ShouldBe(201);

        var sent = await byKind.UntilAsync(kind, name, "ADDED");
        sent.Data["object"]!["metadata"]!.ToJsonString().ShouldBe((await Client.GetAsync($"{route}/{name}")).Json["metadata"]!.ToJsonString());
        sent.ToString().ShouldNotContain("s3cret");
        await byName.UntilAsync(kind, name);
        byKind.Events.ShouldAllBe(one => one.Kind == kind);
        byName.Events.ShouldAllBe(one => one.Name == name);
        other.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Client_that_lists_and_then_follows_from_the_list_misses_nothing()
    {
        var between = Fleet.Name("c");
        var version = (await Client.GetAsync("/clusters")).Text("/metadata/resourceVersion");
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(between));

        await using var events = await OpenAsync($"?since={version}&kind=Cluster");
        await events.UntilAsync("Cluster", between);
        await using var again = await OpenAsync("?kind=Cluster", events.LastId);
        await Client.DoneAsync("DELETE", $"/clusters/{between}?files=keep");
        await again.UntilAsync("Cluster", between, "DELETED");
    }

    [Theory]
    [InlineData("?kind=cluster", "kind")]
    [InlineData("?kind=Token", "kind")]
    [InlineData("?since=yesterday", "since")]
    [InlineData("?since=-1", "since")]
    [InlineData("?since=99999999999999999999", "since")]
    [InlineData("?from=1", "from")]
    public async Task What_cannot_be_followed_is_refused(string query, string word) =>
        (await Client.GetAsync($"/events{query}")).ShouldBeProblem(400, "malformed").Text("/detail")!.ShouldContain(word);

    [Fact]
    public async Task Only_a_token_opens_a_stream_and_only_as_a_stream()
    {
        (await Client.With(null).GetAsync("/events")).ShouldBeProblem(401, "unauthenticated");
        (await Client.GetAsync("/events", ("Accept", "application/json"))).ShouldBeProblem(406, "not-acceptable").Text("/detail")!.ShouldContain("text/event-stream");
    }

    [Theory]
    [InlineData("?since=999999999", null)]
    [InlineData("", "nonsense")]
    [InlineData("", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?since=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null)]
    public async Task Place_that_is_not_known_is_answered_with_one_reset_and_what_follows(string query, string? lastId)
    {
        await using var events = await OpenAsync(query, lastId);
        (await events.UntilAsync(sent => sent.Event == "reset")).Id.ShouldNotBeNull();
        var name = Fleet.Name("c");
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name));
        await events.UntilAsync("Cluster", name);
        events.Events.Count(sent => sent.Event == "reset").ShouldBe(1);
    }

    [Fact]
    public async Task States_of_one_object_fall_together_but_the_last_is_sent_and_ids_in_between_lose_nothing()
    {
        var names = Enumerable.Range(0, 5).Select(_ => Fleet.Name("c")).ToArray();
        string? from;
        await using (var start = await OpenAsync()) from = start.LastId;
        foreach (var name in names) await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(name));
        for (var round = 0; round < 10; round++)
        {
            foreach (var name in names) await Client.PutAsync($"/clusters/{name}/labels/round", $$"""{"value": "{{round}}"}""");
        }

        await using var events = await OpenAsync("?kind=Cluster", from);
        foreach (var name in names) await events.UntilAsync(sent => sent.Name == name && Round(sent) == "9");
        events.Events.Count.ShouldBeLessThan(20);

        // Whoever breaks off after any of them gets the rest.
        for (var seen = 1; seen < names.Length; seen++)
        {
            await using var rest = await OpenAsync("?kind=Cluster", events.Events[seen - 1].Id);
            foreach (var name in names.Except(events.Events.Take(seen).Select(sent => sent.Name))) await rest.UntilAsync(sent => sent.Name == name && Round(sent) == "9");
        }
    }

    [Fact]
    public async Task Token_has_a_limit_of_streams_and_a_closed_one_makes_room()
    {
        var reader = (await Client.PostAsync("/tokens", Tokens.Document(Tokens.NewName()))).Text("/status/token")!;
        var streams = new List<EventClient>();
        for (var i = 0; i < 8; i++) streams.Add(await EventClient.OpenAsync(fixture.Server.Address, reader));
        (await Client.With(reader).GetAsync("/events")).ShouldBeProblem(429, "too-many-streams").Header("Retry-After").ShouldNotBeNull();
        await using (await OpenAsync())
        {
            // Another token is not concerned.
        }

        await streams[0].DisposeAsync();
        await Wait.UntilAsync(async () =>
        {
            try
            {
                streams[0] = await EventClient.OpenAsync(fixture.Server.Address, reader);
                return true;
            }
            catch (ShouldAssertException)
            {
                return false;
            }
        });
        foreach (var stream in streams) await stream.DisposeAsync();
    }

    [Fact]
    public async Task Stream_ends_with_its_token()
    {
        var name = Tokens.NewName();
        var reader = (await Client.PostAsync("/tokens", Tokens.Document(name))).Text("/status/token")!;
        await using var events = await EventClient.OpenAsync(fixture.Server.Address, reader);
        await using var other = await OpenAsync();
        await Client.DoneAsync("DELETE", $"/tokens/{name}");
        await events.Ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        other.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Silence_is_broken_by_a_comment_every_15_seconds_with_the_place_that_was_reached()
    {
        await using var events = await OpenAsync("?kind=Promotion");
        var before = events.LastId;
        await Client.DoneAsync("POST", "/clusters", Fleet.Cluster(Fleet.Name("c")));
        await Wait.UntilAsync(() => Task.FromResult(events.Comments.Count > 1), TimeSpan.FromSeconds(20));
        await Wait.UntilAsync(() => Task.FromResult(events.LastId != before), EventClient.Patience);
        events.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Detail_stands_beside_the_object()
    {
        await using var events = await OpenAsync("?kind=StateStore");
        await using var connection = fixture.Server.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateConnection();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        EventRows.Modified(batch, "StateStore", ["default"], "a \"foreign\" hand");
        EventRows.Modified(batch, "StateStore", ["default"], "and another");
        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        // What each has to say is not lost, though the object is the same.
        await events.UntilAsync(sent => (string?)sent.Data["detail"] == "a \"foreign\" hand");
        await events.UntilAsync(sent => (string?)sent.Data["detail"] == "and another");
    }

    private static string? State(SentEvent sent) => (string?)sent.Data["object"]?["status"]?["state"];

    private static string? Round(SentEvent sent) => (string?)sent.Data["object"]!["metadata"]!["labels"]?["round"];

    private Task<EventClient> OpenAsync(string query = "", string? lastId = null) => EventClient.OpenAsync(fixture.Server.Address, fixture.Server.AdminToken, query, lastId);
}
