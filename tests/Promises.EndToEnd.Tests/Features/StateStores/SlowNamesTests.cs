using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Promises.EndToEnd.Tests.Support;
using Promises.StateStores;

namespace Promises.EndToEnd.Tests.Features.StateStores;

public sealed class SlowNamesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Store = """{"kind": "StateStore", "metadata": {"name": "far"}, "spec": {"git": {"url": "https://git.example.com/far.git"}}}""";

    [Theory]
    [InlineData("/state-stores", 201)]
    [InlineData("/apply", 200)]
    [InlineData("/state-stores?dryRun=true", 200)]
    public async Task A_name_server_that_takes_its_time_holds_up_nobody_else(string path, int status)
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<IPAddress[]>());
        Answer(() =>
        {
            asked.TrySetResult();
            return answer.Task;
        });

        var slow = fixture.Client.PostTextAsync(path, Store);
        await asked.Task;
        (await fixture.Client.PostTextAsync("/state-stores", $$$"""{"metadata": {"name": "near-{{{status}}}-{{{path.Length}}}"}}""")).ShouldBe(201);
        slow.IsCompleted.ShouldBeFalse();

        answer.SetResult([IPAddress.Loopback]);
        (await slow).ShouldBe(status);
        await fixture.Client.DeleteAsync("/state-stores/far");
    }

    [Fact]
    public async Task An_address_that_is_found_out_to_be_forbidden_is_refused_all_the_same()
    {
        Answer(() => Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]));
        var refused = (await fixture.Client.PostTextAsync("/apply", Store)).ShouldBe(422);
        refused.Text("/errors/0/pointer").ShouldBe("/spec/git/url");
        (await fixture.Client.GetAsync("/state-stores/far")).ShouldBe(404);
    }

    private void Answer(Func<Task<IPAddress[]>> resolve) => fixture.Server.Services.GetRequiredService<StateStoreProvider>().Guard.Resolve = (_, _) => resolve();
}
