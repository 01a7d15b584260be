using System.Diagnostics;
using Promises.Benchmarks.Floors;
using Promises.Benchmarks.Harness;

namespace Promises.Benchmarks.Delivery;

/// <summary>A server with its fleet in one store, the repository it writes to, and the floors beside it.</summary>
internal sealed class DeliveryRun : IAsyncDisposable
{
    private readonly BenchServer _server;
    private readonly string _repository;
    private readonly RefFile _branch;

    private DeliveryRun(BenchServer server, ITransport transport, string repository, Beside beside, int clusters)
    {
        (_server, Transport, _repository, Beside, Clusters) = (server, transport, repository, beside, clusters);
        _branch = new RefFile(repository);
    }

    public ITransport Transport { get; }

    public Beside Beside { get; }

    public int Clusters { get; }

    /// <summary>Timestamp of the last request.</summary>
    public long Began { get; private set; }

    /// <param name="history">Fills the repository before the server sees it.</param>
    public static async Task<DeliveryRun> StartAsync(string place, ITransport transport, int clusters, Action<string>? history = null)
    {
        var server = await BenchServer.StartAsync(place);
        var repository = transport.Prepare(place, server.DataDirectory);
        history?.Invoke(repository);
        var url = transport.Url(repository);
        var store = url is null ? "default" : "bench";
        if (url is not null) await server.Client.ApplyAsync([BenchFleet.Store(store, url, writer: transport.Writer)]);
        await server.Client.ApplyAsync(BenchFleet.Label(clusters, _ => store));
        await server.Database.SettledAsync();
        return new DeliveryRun(server, transport, repository, new Beside(transport, place, repository), clusters);
    }

    /// <summary>Sends a request, waits until the branch has moved, and lets plain git do the same beside it.</summary>
    public async Task<Sample> DeliverAsync(string method, string path, string body, bool naive = false)
    {
        var before = _branch.Read();
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Began = Stopwatch.GetTimestamp();
        var moved = _branch.WhenMovedAsync(before);
        await _server.Client.SendAsync(method, path, body);
        var answered = Stopwatch.GetElapsedTime(start);
        var visible = Stopwatch.GetElapsedTime(start, await moved);
        await _server.Database.SettledAsync();
        allocated = GC.GetTotalAllocatedBytes() - allocated;

        var changes = GitChanges.Read(_repository, before, _branch.Read());
        var (plain, ready) = Beside.Deliver(changes);
        return new Sample(answered.TotalMilliseconds, visible.TotalMilliseconds, plain, ready, naive ? Beside.Naive(changes) : null, allocated);
    }

    /// <summary>Places one Promise of five objects on one cluster, which must be another one each time.</summary>
    public Task<Sample> LabelAsync(int cluster, bool naive = false) =>
        DeliverAsync("PUT", $"/clusters/{BenchFleet.ClusterName(cluster)}/labels/team", """{"value": "A"}""", naive);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
