using System.Text.Json.Nodes;
using Promises.Server.Hosting;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A fleet for each way to a Git host, and to write there, made when the first row asks for it.</summary>
public sealed class CrashSites(TestPostgres postgres) : IAsyncLifetime
{
    private const string Token = "s3cret-of-the-matrix";

    private readonly TempDirectory _place = new();
    private readonly Dictionary<string, CrashSite> _sites = new(StringComparer.Ordinal);
    private GitHttpServer _host = null!;
    private SshServer? _ssh;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_place["served"]);
        _host = new GitHttpServer(_place["served"], Token);
        return ValueTask.CompletedTask;
    }

    internal async Task<CrashSite> OfAsync(string transport, string writer)
    {
        var name = $"{transport}-{writer}";
        if (_sites.TryGetValue(name, out var site)) return site;

        var isEmbedded = transport == "embedded";
        var repository = new GitRepo(isEmbedded ? Path.Combine(CrashSite.Data(_place[name]), "stores/fleet.git") : Path.Combine(_place["served"], $"{name}.git"), init: !isEmbedded);
        _ssh ??= transport == "ssh" ? new SshServer() : null;
        var (url, credential) = transport switch
        {
            "http" => (_host.Url(name), new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = Token }),
            "ssh" => (_ssh!.Url(repository.Path), new JsonObject { ["type"] = "ssh", ["privateKey"] = _ssh.User.Private, ["knownHosts"] = _ssh.KnownHosts }),
            _ => (repository.Url, null),
        };
        var spec = new JsonObject { ["writer"] = writer };
        if (!isEmbedded) spec["url"] = url;
        if (credential is not null) spec["credentialsRef"] = "writer";
        Directory.CreateDirectory(_place[name]);
        site = new CrashSite(await postgres.MigratedAsync(), _place[name], new JsonObject { [isEmbedded ? "embedded" : "git"] = spec }, credential, repository);
        await site.PrepareAsync();
        _sites.Add(name, site);
        return site;
    }

    /// <summary>Of pushes that were made by the server itself.</summary>
    internal int DirectPushes => _host.Seen.Count(request => request.StartsWith("POST", StringComparison.Ordinal) && request.EndsWith("(promises)", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _ssh?.Dispose();
        _place.Dispose();
    }
}

/// <summary>The steps are those the server itself names, so a new one brings its rows along.</summary>
public sealed class CrashMatrixTests(CrashSites sites) : IClassFixture<CrashSites>
{
    /// <summary>Steps that another writer does in another way.</summary>
    private static readonly string[] s_writing = ["commit", "intent", "push", "record"];

    /// <summary>How the host is reached, who makes objects and pushes, and where the server is killed.</summary>
    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var all = Environment.GetEnvironmentVariable("PROMISES_TEST_MATRIX") is { Length: > 0 };
            (string, string)[] ways = all
                ? [("file", "git"), ("http", "git"), ("ssh", "git"), ("file", "direct"), ("http", "direct"), ("ssh", "direct"), ("embedded", "git"), ("embedded", "direct")]
                : [("file", "git"), ("http", "direct"), ("embedded", "direct")];
            return
            [
                .. from way in ways
                   from step in Failpoints.Steps
                   where all || way.Item2 == "git" || s_writing.Contains(step)
                   from point in (string[])[$"{step}:before", $"{step}:after"]
                   select (way.Item1, way.Item2, point),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_server_that_is_killed_there_loses_nothing_that_it_answered_and_does_nothing_twice(string transport, string writer, string failpoint)
    {
        await (await sites.OfAsync(transport, writer)).CrashAsync(failpoint);
        // Not in each row: what an earlier process built, git pushes.
        if (transport == "http" && writer == "direct") sites.DirectPushes.ShouldBePositive();
    }
}
