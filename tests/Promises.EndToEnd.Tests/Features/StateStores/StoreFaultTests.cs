using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

public sealed class StoreFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private const string Token = "t0ken-nobody-may-see";

    private static int s_count;

    private readonly TempDirectory _place = new();
    private readonly string _name = $"s{Interlocked.Increment(ref s_count)}";

    private ApiClient Api => fixture.Client;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_label_becomes_a_commit_over_http_and_the_token_is_in_no_argument()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, Token);
        var seen = new ConcurrentBag<string>();
        host.BeforePush = () =>
        {
            foreach (var command in CommandLines()) seen.Add(command);
        };
        await CredentialAsync(Token);
        await StoreAsync(host.Url("fleet"), withCredential: true);
        await PromiseAsync();
        await ClusterAsync("a");

        await LabelAsync("a");

        var placement = await WrittenAsync($"{_name}-p.{_name}-a");
        ((string?)placement["status"]!["commit"]).ShouldBe(repo.Head());
        repo.Files().ShouldContain(path => path.StartsWith($"clusters/{_name}-a/placements/{_name}-p/", StringComparison.Ordinal));
        seen.ShouldContain(command => command.Contains("push", StringComparison.Ordinal));
        seen.ShouldAllBe(command => !command.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_a_right_one_is_tried_at_once()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path, Token);
        await CredentialAsync("wr0ng-one");
        await StoreAsync(host.Url("fleet"), withCredential: true);
        await PromiseAsync();
        await ClusterAsync("a");
        await LabelAsync("a");

        var status = await FailingAsync("AuthenticationFailed");
        status["nextTry"].ShouldNotBeNull();
        ((int)status["pendingClusters"]!).ShouldBe(1);
        status.ToJsonString().ShouldNotContain("wr0ng-one");
        var placement = (await Api.GetAsync($"/placements/{_name}-p.{_name}-a")).Json;
        ((string?)placement["status"]!["state"]).ShouldBe("Pending");
        var written = placement["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Written")!;
        ((string?)written["status"], (string?)written["reason"]).ShouldBe(("False", "AuthenticationFailed"));
        ((string?)written["message"])!.ShouldContain("the next is at 20");

        var reply = await Api.SendAsync("PUT", $"/credentials/{_name}", Document(_name, new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = Token }).ToJsonString());
        reply.Status.ShouldBe(200, reply.Text);

        await WrittenAsync($"{_name}-p.{_name}-a");
        repo.Commits().ShouldBe(1);
        ((string?)(await StatusAsync())["conditions"]![0]!["status"]).ShouldBe("True");
    }

    [Fact]
    public async Task A_host_that_comes_back_gets_everything_with_the_next_change()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await using var host = new GitHttpServer(_place.Path) { Fault = GitFault.Forbidden };
        await StoreAsync(host.Url("fleet"));
        await ClusterAsync("a");
        await FailingAsync("AuthenticationFailed");

        host.Fault = GitFault.None;
        await ClusterAsync("b");

        await SettledAsync();
        repo.Files().ShouldContain($"clusters/{_name}-a/README.md");
        repo.Files().ShouldContain($"clusters/{_name}-b/README.md");
        repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task Hosts_that_hang_hold_up_neither_other_stores_nor_requests()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        for (var i = 0; i < 12; i++)
        {
            await StoreAsync($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/r{i}", store: $"{_name}-{i}");
            await ClusterAsync($"h{i}", $"{_name}-{i}");
        }

        var repo = new GitRepo(_place["fleet.git"]);
        await StoreAsync(repo.Url);
        var began = Stopwatch.GetTimestamp();
        await ClusterAsync("a");
        await SettledAsync();

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 12; i++) (await Api.DeleteAsync($"/clusters/{_name}-h{i}?files=keep")).Status.ShouldBe(200);
        for (var i = 0; i < 12; i++) (await Api.DeleteAsync($"/state-stores/{_name}-{i}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_protected_branch_is_shown_with_the_words_of_the_remote()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        repo.Hook("pre-receive", "echo 'main is protected: ask the platform team'; exit 1");
        await StoreAsync(repo.Url);
        await ClusterAsync("a");

        var status = await FailingAsync("WriteRejected");

        ((string?)status["conditions"]![0]!["message"])!.ShouldContain("main is protected: ask the platform team");
        repo.Commits().ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_would_make_the_agent_drop_ours_is_a_condition_of_the_cluster_until_it_is_removed()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        repo.Commit("main", "Theirs", ("clusters/kustomization.yaml", "resources: []\n"), ("notes.md", "mine\n"));
        await StoreAsync(repo.Url);
        await ClusterAsync("a");
        await SettledAsync();

        var conditions = (await Api.GetAsync($"/clusters/{_name}-a")).Json["status"]!["conditions"]!.AsArray();
        conditions.ShouldHaveSingleItem()!.ToJsonString().ShouldContain("clusters/kustomization.yaml");

        repo.Commit("main", "Removed", ("clusters/kustomization.yaml", null));
        await ClusterAsync("b");
        await SettledAsync();

        (await Api.GetAsync($"/clusters/{_name}-a")).Json["status"]!["conditions"]!.AsArray().ShouldBeEmpty();
        repo.Show("notes.md").ShouldBe("mine\n");
    }

    [Fact]
    public async Task A_file_edited_by_hand_is_put_right_with_the_next_write_and_reported()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await StoreAsync(repo.Url);
        await ClusterAsync("a");
        await SettledAsync();
        var (readme, ours) = ($"clusters/{_name}-a/README.md", repo.Show($"clusters/{_name}-a/README.md"));
        repo.Commit("main", "By hand", (readme, "mine\n"));

        await ClusterAsync("b");
        await SettledAsync();

        repo.Show(readme).ShouldBe(ours);
        var ready = (await StatusAsync())["conditions"]![0]!;
        ((string?)ready["reason"], (string?)ready["status"]).ShouldBe(("Repaired", "True"));
        ((string?)ready["message"])!.ShouldContain(readme);
    }

    [Fact]
    public async Task A_deleted_branch_and_a_rewritten_one_get_everything_again()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        await StoreAsync(repo.Url);
        await ClusterAsync("a");
        await SettledAsync();

        repo.In("update-ref", "-d", "refs/heads/main");
        await ClusterAsync("b");
        await SettledAsync();
        repo.Files().ShouldContain($"clusters/{_name}-a/README.md");

        repo.In("update-ref", "-d", "refs/heads/main");
        repo.Commit("main", "Another history", ("theirs.md", "mine\n"));
        await ClusterAsync("c");
        await SettledAsync();

        foreach (var cluster in (string[])["a", "b", "c"]) repo.Files().ShouldContain($"clusters/{_name}-{cluster}/README.md");
        repo.Show("theirs.md").ShouldBe("mine\n");
    }

    [Fact]
    public async Task A_store_that_moves_is_written_fully_to_the_new_place()
    {
        var (before, after) = (new GitRepo(_place["before.git"]), new GitRepo(_place["after.git"]));
        await StoreAsync(before.Url);
        await PromiseAsync();
        await ClusterAsync("a");
        await LabelAsync("a");
        await WrittenAsync($"{_name}-p.{_name}-a");
        await SettledAsync();
        var head = before.Head();

        var reply = await Api.SendAsync("PUT", $"/state-stores/{_name}", Document(_name, Git(after.Url, "other")).ToJsonString());
        reply.Status.ShouldBe(200, reply.Text);
        await SettledAsync();

        after.Files("other").ShouldBe(before.Files());
        before.Head().ShouldBe(head);
        ((string?)(await StatusAsync())["lastCommit"]).ShouldBe(after.Head("other"));
        ((string?)(await WrittenAsync($"{_name}-p.{_name}-a"))["status"]!["commit"]).ShouldBe(after.Head("other"));
    }

    [Fact]
    public async Task A_deleted_store_leaves_nothing_and_one_of_the_same_name_starts_clean()
    {
        var repository = Path.Combine(fixture.Server.DataDirectory, "stores", $"{_name}.git");
        await EmbeddedAsync();
        await ClusterAsync("a");
        await SettledAsync();
        Directory.Exists(repository).ShouldBeTrue();
        (await Api.DeleteAsync($"/clusters/{_name}-a?files=keep")).Status.ShouldBe(200);

        (await Api.DeleteAsync($"/state-stores/{_name}")).Status.ShouldBe(200);
        await Wait.UntilAsync(() => Task.FromResult(!Directory.Exists(repository)));

        // What a crash right after a deletion leaves behind is no start for a new store either.
        _ = new GitRepo(repository).Commit("main", "Left behind", ("left.md", "x\n"));
        await EmbeddedAsync();
        await ClusterAsync("b");
        await SettledAsync();
        new GitRepo(repository, init: false).Files().ShouldAllBe(path => path.StartsWith($"clusters/{_name}-b/", StringComparison.Ordinal));

        var remote = new GitRepo(_place["fleet.git"]);
        (await Api.SendAsync("PUT", $"/state-stores/{_name}", Document(_name, Git(remote.Url)).ToJsonString())).Status.ShouldBe(200);
        await SettledAsync();
        Mirrors().ShouldHaveSingleItem();
        (await Api.DeleteAsync($"/clusters/{_name}-b?files=keep")).Status.ShouldBe(200);
        (await Api.DeleteAsync($"/state-stores/{_name}")).Status.ShouldBe(200);
        await Wait.UntilAsync(() => Task.FromResult(Mirrors().Length == 0 && !Directory.Exists(repository)));

        string[] Mirrors() => Directory.GetDirectories(Path.Combine(fixture.Server.DataDirectory, "mirrors"), $"{_name}-*");
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
        var repo = new GitRepo(_place["fleet.git"]);
        await StoreAsync(repo.Url);
        // So that the visit which the registration brought does not write the cluster too.
        await Wait.UntilAsync(async () => (string?)(await StatusAsync())["conditions"]![0]!["status"] == "True");

        var trace = ActivityTraceId.CreateRandom();
        var reply = await Api.PostAsync("/clusters", ClusterDocument("a", _name), ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        reply.Status.ShouldBe(201, reply.Text);
        await SettledAsync();

        Activity? sync = null;
        await Wait.UntilAsync(() => Task.FromResult(
            (sync = spans.FirstOrDefault(span => span.OperationName == "store.sync" && span.TraceId == trace)) is not null));
        sync!.GetTagItem("store").ShouldBe(_name);
        spans.ShouldContain(span => span.OperationName == "git.push" && span.TraceId == trace);
    }

    private static JsonObject Document(string name, JsonObject spec) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };

    private static JsonObject Git(string url, string branch = "main") => new() { ["git"] = new JsonObject { ["url"] = url, ["branch"] = branch } };

    private JsonObject ClusterDocument(string cluster, string store) => Document($"{_name}-{cluster}", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store } });

    private async Task CreateAsync(string route, JsonObject document)
    {
        var reply = await Api.PostAsync(route, document);
        reply.Status.ShouldBe(201, reply.Text);
    }

    private Task CredentialAsync(string token) =>
        CreateAsync("/credentials", Document(_name, new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = token }));

    private Task StoreAsync(string url, bool withCredential = false, string? store = null)
    {
        var spec = Git(url);
        if (withCredential) spec["git"]!["credentialsRef"] = _name;
        return CreateAsync("/state-stores", Document(store ?? _name, spec));
    }

    private Task EmbeddedAsync() => CreateAsync("/state-stores", Document(_name, []));

    private Task ClusterAsync(string cluster, string? store = null) => CreateAsync("/clusters", ClusterDocument(cluster, store ?? _name));

    private Task PromiseAsync() => CreateAsync("/promises", Document($"{_name}-p", new JsonObject
    {
        ["placement"] = new JsonObject { ["clusterSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["wants"] = _name } } },
        ["dependencies"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = _name } }),
    }));

    private async Task LabelAsync(string cluster)
    {
        var reply = await Api.SendAsync("PUT", $"/clusters/{_name}-{cluster}/labels/wants", new JsonObject { ["value"] = _name }.ToJsonString());
        reply.Status.ShouldBe(200, reply.Text);
    }

    private async Task<JsonNode> StatusAsync() => (await Api.GetAsync($"/state-stores/{_name}")).Json["status"]!;

    private Task SettledAsync() => Wait.UntilAsync(async () =>
        await StatusAsync() is var status && (int)status["pendingClusters"]! == 0 && status["lastCommit"] is not null && (string?)status["conditions"]![0]!["status"] == "True");

    private async Task<JsonNode> FailingAsync(string reason)
    {
        JsonNode status = null!;
        await Wait.UntilAsync(async () => (string?)(status = await StatusAsync())["conditions"]![0]!["reason"] == reason && status["nextTry"] is not null);
        ((string?)status["conditions"]![0]!["status"]).ShouldBe("False");
        return status;
    }

    private async Task<JsonNode> WrittenAsync(string placement)
    {
        JsonNode found = null!;
        await Wait.UntilAsync(async () => (string?)(found = (await Api.GetAsync($"/placements/{placement}")).Json)["status"]!["state"] == "Written");
        return found;
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return command;
        }
    }
}
