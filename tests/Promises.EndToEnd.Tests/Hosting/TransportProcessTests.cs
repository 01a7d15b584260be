using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Hosting;

public sealed class TransportProcessTests : IDisposable
{
    private const string Host = "git.example.test";

    private readonly TempDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_proxy_of_the_environment_is_used()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var authority = new PrivateAuthority(Host);
        await using var host = new GitHttpServer(_place.Path, "t0ken", authority.Certificate);
        await using var proxy = new HttpProxy(host.Port, "jane:s3cret");
        await using var server = await ServerProcess.StartAsync(_place["data"], settings: ("HTTPS_PROXY", $"http://jane:s3cret@127.0.0.1:{proxy.Port}"));
        await CreateAsync(server.Client, "credentials", new JsonObject { ["token"] = "t0ken", ["caCertificate"] = authority.Pem });
        await CreateAsync(server.Client, "state-stores", Store(host.Url("fleet", Host)));
        await CreateAsync(server.Client, "clusters", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = "fleet" } });

        await SettledAsync(server.Client);

        repo.Commits().ShouldBe(1);
        proxy.Requests.ShouldContain($"CONNECT {Host}:{host.Port} HTTP/1.1");
        server.Said.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_killed_server_leaves_a_key_and_a_connection_only_until_the_next_one()
    {
        var (here, go) = (_place["here"], _place["go"]);
        var repo = new GitRepo(_place["fleet.git"]);
        repo.Hook("pre-receive", $"touch {here}; while [ -e {here} -a ! -e {go} ]; do sleep 0.05; done");
        using var host = new SshServer();
        string note;
        await using (var killed = await ServerProcess.StartAsync(_place["data"]))
        {
            await CreateAsync(killed.Client, "credentials", new JsonObject { ["type"] = "ssh", ["privateKey"] = host.User.Private, ["knownHosts"] = host.KnownHosts });
            await CreateAsync(killed.Client, "state-stores", Store(host.Url(repo.Path)));
            await CreateAsync(killed.Client, "clusters", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = "fleet" } });
            await Wait.UntilAsync(() => Task.FromResult(File.Exists(here)));
            await killed.SignalAsync("KILL");
            await killed.EndAsync();
        }

        Keys().ShouldHaveSingleItem();
        var left = File.ReadAllText(Path.Combine(_place["data"], "git/connections"));
        File.WriteAllText(go, "");

        await using (var server = await ServerProcess.StartAsync(_place["data"]))
        {
            await SettledAsync(server.Client);
            // It may be writing, or looking, right now.
            await Wait.UntilAsync(() => Task.FromResult(Keys().Length == 0));
            Directory.Exists(left).ShouldBeFalse();
            note = File.ReadAllText(Path.Combine(_place["data"], "git/connections"));
            Connections(note).ShouldHaveSingleItem();
            server.Said.ShouldNotContain(host.User.Private.Split('\n')[2]);
        }

        repo.Commits().ShouldBe(1);
        await Wait.UntilAsync(() => Connections(note).Count == 0);
        Directory.Exists(note).ShouldBeFalse();

        string[] Keys() => Directory.Exists(Path.Combine(_place["data"], "git/private")) ? Directory.GetFiles(Path.Combine(_place["data"], "git/private"), "key", SearchOption.AllDirectories) : [];
    }

    private static JsonObject Store(string url) => new() { ["git"] = new JsonObject { ["url"] = url, ["credentialsRef"] = "fleet" } };

    private static async Task CreateAsync(ApiClient api, string route, JsonObject spec)
    {
        var reply = await api.PostAsync("/" + route, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "fleet" }, ["spec"] = spec });
        reply.Status.ShouldBe(201, reply.Text);
    }

    private static Task SettledAsync(ApiClient api) => Wait.UntilAsync(
        async () => (await api.GetAsync("/state-stores/fleet")).Json["status"]! is var status && (int)status["pendingClusters"]! == 0 && status["lastCommit"] is not null,
        TimeSpan.FromSeconds(40));

    /// <summary>Processes that keep a connection open, by the directory of their sockets.</summary>
    private static IReadOnlyList<(int Id, string Command)> Connections(string sockets) => RunningProcesses.With("[mux]", sockets);
}
