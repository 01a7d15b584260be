using System.Collections.Concurrent;
using System.Diagnostics;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>What goes with a push, and what must not.</summary>
public sealed class StorePushTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private const string Token = "t0ken-nobody-may-see";

    private readonly NamedStore _store = new(fixture.Client);

    private ApiClient Api => fixture.Client;

    private string Name => _store.Name;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_label_becomes_a_commit_over_http_and_the_token_is_in_no_argument()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await using var host = new GitHttpServer(_store.Place.Path, Token);
        var seen = new ConcurrentBag<string>();
        host.BeforePush = () =>
        {
            foreach (var (_, command) in RunningProcesses.All()) seen.Add(command);
        };
        await _store.CredentialAsync(Token);
        await _store.RegisterAsync(host.Url("fleet"), withCredential: true);
        await _store.PromiseAsync();
        await _store.ClusterAsync("a");

        await _store.LabelAsync("a");

        var placement = await _store.WrittenAsync("a");
        ((string?)placement["status"]!["commit"]).ShouldBe(repo.Head());
        repo.Files().ShouldContain(path => path.StartsWith($"clusters/{Name}-a/placements/{Name}-p/", StringComparison.Ordinal));
        seen.ShouldContain(command => command.Contains("push", StringComparison.Ordinal));
        seen.ShouldAllBe(command => !command.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_is_traced_to_the_request_that_asked_for_it()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Promises" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await _store.RegisterAsync(repo.Url);
        // So that the visit which the registration brought does not write the cluster too.
        await Wait.UntilAsync(async () => (string?)(await _store.StatusAsync())["conditions"]![0]!["status"] == "True");

        var trace = ActivityTraceId.CreateRandom();
        var reply = await Api.PostAsync("/clusters", _store.Cluster("a"), ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        reply.Status.ShouldBe(201, reply.Text);
        await _store.SettledAsync();

        Activity? sync = null;
        await Wait.UntilAsync(() => (sync = spans.FirstOrDefault(span => span.OperationName == "store.sync" && span.TraceId == trace)) is not null);
        sync!.GetTagItem("store").ShouldBe(Name);
        spans.ShouldContain(span => span.OperationName == "git.push" && span.TraceId == trace);
    }
}
