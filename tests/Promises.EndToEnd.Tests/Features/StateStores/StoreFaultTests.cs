using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

/// <summary>A host that refuses, hangs or is gone, and what its store says of it.</summary>
public sealed class StoreFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private const string Token = "t0ken-nobody-may-see";

    private readonly NamedStore _store = new(fixture.Client);

    private ApiClient Api => fixture.Client;

    private string Name => _store.Name;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_wrong_token_is_told_and_a_right_one_is_tried_at_once()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await using var host = new GitHttpServer(_store.Place.Path, Token);
        await _store.CredentialAsync("wr0ng-one");
        await _store.RegisterAsync(host.Url("fleet"), withCredential: true);
        await _store.PromiseAsync();
        await _store.ClusterAsync("a");
        await _store.LabelAsync("a");

        var status = await _store.FailingAsync("AuthenticationFailed");
        status["nextTry"].ShouldNotBeNull();
        ((int)status["pendingClusters"]!).ShouldBe(1);
        status.ToJsonString().ShouldNotContain("wr0ng-one");
        var placement = (await Api.GetAsync($"/placements/{Name}-p.{Name}-a")).Json;
        ((string?)placement["status"]!["state"]).ShouldBe("Pending");
        var written = placement["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Written")!;
        ((string?)written["status"], (string?)written["reason"]).ShouldBe(("False", "AuthenticationFailed"));
        ((string?)written["message"])!.ShouldContain("the next is at 20");

        var reply = await Api.SendAsync("PUT", $"/credentials/{Name}", _store.Credential(Token).ToJsonString());
        reply.Status.ShouldBe(200, reply.Text);

        await _store.WrittenAsync("a");
        repo.Commits().ShouldBe(1);
        ((string?)(await _store.StatusAsync())["conditions"]![0]!["status"]).ShouldBe("True");
    }

    [Fact]
    public async Task A_host_that_comes_back_gets_everything_with_the_next_change()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        await using var host = new GitHttpServer(_store.Place.Path) { Fault = GitFault.Forbidden };
        await _store.RegisterAsync(host.Url("fleet"));
        await _store.ClusterAsync("a");
        await _store.FailingAsync("AuthenticationFailed");

        host.Fault = GitFault.None;
        await _store.ClusterAsync("b");

        await _store.SettledAsync();
        repo.Files().ShouldContain($"clusters/{Name}-a/README.md");
        repo.Files().ShouldContain($"clusters/{Name}-b/README.md");
        repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task Hosts_that_hang_hold_up_neither_other_stores_nor_requests()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        for (var i = 0; i < 12; i++)
        {
            await _store.RegisterAsync($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/r{i}", store: $"{Name}-{i}");
            await _store.ClusterAsync($"h{i}", $"{Name}-{i}");
        }

        var repo = new GitRepo(_store.Place["fleet.git"]);
        await _store.RegisterAsync(repo.Url);
        var began = Stopwatch.GetTimestamp();
        await _store.ClusterAsync("a");
        await _store.SettledAsync();

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 12; i++) (await Api.DeleteAsync($"/clusters/{Name}-h{i}?files=keep")).Status.ShouldBe(200);
        for (var i = 0; i < 12; i++) (await Api.DeleteAsync($"/state-stores/{Name}-{i}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_protected_branch_is_shown_with_the_words_of_the_remote()
    {
        var repo = new GitRepo(_store.Place["fleet.git"]);
        repo.Hook("pre-receive", "echo 'main is protected: ask the platform team'; exit 1");
        await _store.RegisterAsync(repo.Url);
        await _store.ClusterAsync("a");

        var status = await _store.FailingAsync("WriteRejected");

        ((string?)status["conditions"]![0]!["message"])!.ShouldContain("main is protected: ask the platform team");
        repo.Commits().ShouldBe(0);
    }
}
