using System.Collections.Concurrent;
using System.Diagnostics;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Reconciling;

public sealed class TraceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_push_is_in_the_trace_of_the_request_that_caused_it()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Promises" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var store = new OwnStore(Fleet.Name("traced"));
        await store.RegisterAsync(fixture.Client);
        await Wait.UntilAsync(async () => (await fixture.Client.GetAsync($"/state-stores/{store.Name}")).Text("/status/conditions/0/status") == "True");
        var trace = ActivityTraceId.CreateRandom();

        var reply = await fixture.Client.PostAsync(
            "/clusters", Fleet.Cluster(Fleet.Name("c"), "", $$""" "stateStore": {"name": "{{store.Name}}"} """), ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));

        reply.Status.ShouldBe(201, reply.Text);
        await store.SettledAsync(fixture.Client);
        await Wait.UntilAsync(() => Task.FromResult(ended.Any(span => span.OperationName == "store.sync" && span.TraceId == trace)));
        ended.Where(span => span.TraceId == trace).Select(span => span.OperationName).ShouldBe(
            ["Microsoft.AspNetCore.Hosting.HttpRequestIn", "git.push", "store.sync"], ignoreOrder: true);
    }
}
