using System.Text.Json.Nodes;
using Promises.Server.Hosting;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A fleet for each way to a Git host, made when the first row asks for it.</summary>
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

    internal async Task<CrashSite> OfAsync(string transport)
    {
        if (_sites.TryGetValue(transport, out var site)) return site;

        var repository = new GitRepo(Path.Combine(_place["served"], $"{transport}.git"));
        _ssh ??= transport == "ssh" ? new SshServer() : null;
        var (url, credential) = transport switch
        {
            "http" => (_host.Url(transport), new JsonObject { ["type"] = "token", ["username"] = "x", ["token"] = Token }),
            "ssh" => (_ssh!.Url(repository.Path), new JsonObject { ["type"] = "ssh", ["privateKey"] = _ssh.User.Private, ["knownHosts"] = _ssh.KnownHosts }),
            _ => (repository.Url, null),
        };
        Directory.CreateDirectory(_place[transport]);
        site = new CrashSite(await postgres.MigratedAsync(), _place[transport], url, credential, repository);
        await site.PrepareAsync();
        _sites.Add(transport, site);
        return site;
    }

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
    public static TheoryData<string, string> Rows
    {
        get
        {
            string[] transports = Environment.GetEnvironmentVariable("PROMISES_TEST_MATRIX") is { Length: > 0 } ? ["file", "http", "ssh"] : ["file"];
            return [.. transports.SelectMany(transport => Failpoints.Steps.SelectMany(step => (string[])[$"{step}:before", $"{step}:after"]).Select(point => (transport, point)))];
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_server_that_is_killed_there_loses_nothing_that_it_answered_and_does_nothing_twice(string transport, string failpoint) =>
        await (await sites.OfAsync(transport)).CrashAsync(failpoint);
}
