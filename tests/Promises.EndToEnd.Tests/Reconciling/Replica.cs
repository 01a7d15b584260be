using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Data;
using Promises.Server.Hosting;
using Promises.Server.Reconciling;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>The writing half of a server, on the database of a <see cref="DeliveryFleet"/>: one of several, if so wanted.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly TempDirectory _place = new();
    private readonly DataDirectory _directory;
    private readonly NpgsqlDataSource _database;
    private readonly Presence _presence;
    private readonly DeliveryHost _host;
    private readonly Lifetime _lifetime = new();

    public Replica(DeliveryFleet fleet, TimeSpan? lease = null)
    {
        var testing = new TestingOptions { Lease = lease ?? TimeSpan.FromSeconds(30) };
        var options = new ServerOptions { Testing = testing };
        _directory = DataDirectory.Open(_place["data"]);
        _database = PromisesData.DataSource(fleet.ConnectionString);
        var homes = new StoreHomes(_database, _directory, fleet.Stores.Embedded, Time, NullLogger<StoreHomes>.Instance);
        Leases = new StoreLeases(new LeaseRows(_database), _directory, testing, new Failpoints(testing), Time, NullLogger<StoreLeases>.Instance);
        Notices = new DeliveryNotices(Leases, options);
        Queue = new DeliveryQueue(Time);
        _presence = new Presence(
            new SessionDatabase(fleet.ConnectionString), _directory, options, Leases, Notices, new DatabaseTime(testing), new Random(1), NullLogger<Presence>.Instance);
        var backlog = new StoreBacklog(_database, _directory);
        var watch = new LeaseWatch(backlog, Leases, Queue, Time, new Random(2));
        var visitor = new StoreVisitor(
            Queue, fleet.Reconciler, fleet.Schedule, Leases, homes, watch, new HostCircuits(Time, new Random(3)), fleet.Seen,
            new SyncRequests(_database, new Deliveries(Queue, Notices, homes, options), Notices, Time), _directory, NullLogger<StoreVisitor>.Instance);
        Looks = new LookRows(_database, _directory, Leases);
        _host = new DeliveryHost(Queue, visitor, backlog, Leases, watch, homes, Notices, _lifetime, Time, new Random(4), NullLogger<DeliveryHost>.Instance);
    }

    public StoreLeases Leases { get; }

    public LookRows Looks { get; }

    public DeliveryNotices Notices { get; }

    public DeliveryQueue Queue { get; }

    public Guid ServerId => _directory.ServerId;

    /// <summary>Is there, and writes nothing.</summary>
    public async Task AppearAsync()
    {
        await _presence.StartAsync(CancellationToken.None);
        await Wait.UntilAsync(() => Task.FromResult(Leases.Replica is not null));
    }

    public async Task StartAsync()
    {
        await AppearAsync();
        await _host.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        await _lifetime.StopAsync();
        await _host.StopAsync(CancellationToken.None);
        await _presence.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        _presence.Dispose();
        Queue.Dispose();
        await _database.DisposeAsync();
        _directory.Dispose();
        _place.Dispose();
        _lifetime.Dispose();
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public Task StopAsync() => _stopping.CancelAsync();

        public void Dispose() => _stopping.Dispose();
    }
}
