using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Promises.Data;
using Promises.EndToEnd.Tests.Support;

namespace Promises.Benchmarks.Delivery;

/// <summary>A server with its fleet, the repository it writes to, and the floor beside it.</summary>
internal sealed class DeliveryRun : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly PrivatePostgres _postgres;
    private readonly TestServer _server;
    private readonly HttpClient _http;
    private readonly GitFloor _floor;
    private readonly RefFile _branch;
    private readonly string _repository;

    private DeliveryRun(
        (DataDirectory Directory, PrivatePostgres Postgres) database, TestServer server, HttpClient http,
        ITransport transport, string repository, GitFloor floor, int clusters)
    {
        (_directory, _postgres) = database;
        (_server, _http, Transport, _repository, _floor, Clusters) = (server, http, transport, repository, floor, clusters);
        _branch = new RefFile(repository);
    }

    public ITransport Transport { get; }

    public int Clusters { get; }

    public Stages Stages { get; } = new();

    public static async Task<DeliveryRun> StartAsync(string place, ITransport transport, int clusters)
    {
        Directory.CreateDirectory(place);
        // A server that ran in this process has closed new files to others, and PostgreSQL never runs as root.
        File.SetUnixFileMode(place, File.GetUnixFileMode(place) | UnixFileMode.OtherExecute);
        var directory = DataDirectory.Open(Path.Combine(place, "database"));
        var postgres = new PrivatePostgres(directory, new PrivatePostgresOptions(), TimeProvider.System, NullLogger<PrivatePostgres>.Instance);
        await postgres.StartAsync(CancellationToken.None);
        var server = TestServer.Start(postgres.ConnectionString);
        var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.AdminToken);

        var repository = transport.Prepare(place, server.DataDirectory);
        if (transport.Url(repository) is { } url)
        {
            var git = new JsonObject { ["url"] = url };
            await SendAsync(http, "PUT", "/state-stores/bench", new JsonObject { ["spec"] = new JsonObject { ["git"] = git } }.ToJsonString());
        }

        var store = transport.Url(repository) is null ? "default" : "bench";
        await SendAsync(http, "POST", "/apply", BenchFleet.Stream(clusters, store));
        await SettledAsync(http, store);

        var floor = transport.Floor(place, repository);
        return new DeliveryRun((directory, postgres), server, http, transport, repository, floor, clusters);
    }

    /// <summary>Sends a request, waits until the branch has moved, and lets plain git do the same beside it.</summary>
    public async Task<Sample> DeliverAsync(string method, string path, string body)
    {
        var before = _branch.Read();
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var moved = _branch.WhenMovedAsync(before);
        await SendAsync(_http, method, path, body);
        var answered = Stopwatch.GetElapsedTime(start);
        var at = await moved;
        await SettledAsync(_http, Transport.Url(_repository) is null ? "default" : "bench");
        allocated = GC.GetTotalAllocatedBytes() - allocated;

        var floor = _floor.Deliver(GitChanges.Read(_repository, before, _branch.Read()));
        return new Sample(answered.TotalMilliseconds, Stopwatch.GetElapsedTime(start, at).TotalMilliseconds, floor, allocated);
    }

    public async ValueTask DisposeAsync()
    {
        Stages.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
        await _postgres.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task SettledAsync(HttpClient http, string store)
    {
        while (true)
        {
            var state = JsonNode.Parse(await http.GetStringAsync($"/state-stores/{store}"))!["status"]!;
            if ((int)state["pendingClusters"]! == 0 && state["lastCommit"] is not null) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private static async Task SendAsync(HttpClient http, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }
}
