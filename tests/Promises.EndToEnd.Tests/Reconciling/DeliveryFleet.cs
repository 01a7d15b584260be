using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Data;
using Promises.Model;
using Promises.Server.Hosting;
using Promises.Server.Reconciling;
using Promises.StateStores;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A database, a repository, and the reconciler between them. <see cref="FleetDecisions"/> puts work into it, <see cref="FleetRows"/> reads what became of it.</summary>
internal sealed class DeliveryFleet : IAsyncDisposable, ICredentialReader
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TempDirectory _root;
    private readonly IDbContextFactory<PromisesDb> _databases;
    private readonly DeliveryTelemetry _telemetry;
    private DeliveryFleet? _restored;
    private bool _borrows;

    /// <param name="origin">Whose repository, mirror and store these are too.</param>
    private DeliveryFleet(string connectionString, DeliveryFleet? origin = null)
    {
        (ConnectionString, _root) = (connectionString, origin?._root ?? new TempDirectory());
        Database = PromisesData.DataSource(connectionString);
        _databases = new PooledDbContextFactory<PromisesDb>(new DbContextOptionsBuilder<PromisesDb>().UseNpgsql(Database).Options);
        Repo = origin?.Repo ?? new GitRepo(_root["remote/app.git"]);
        if (origin is not null) Store = origin.Store;
        Stores = new StateStoreProvider(Options, this, TimeProvider.System, new Random(1));
        _telemetry = new DeliveryTelemetry(new DeliveryQueue(TimeProvider.System), TimeProvider.System);
        Recorder = new DeliveryRecorder(Database, _telemetry, TimeProvider.System, NullLogger<DeliveryRecorder>.Instance);
        Schedule = new StoreSchedule(Database, TimeProvider.System, new Random(1));
        Reconciler = NewReconciler();
    }

    public GitRepo Repo { get; }

    public GitHttpServer? Server { get; private set; }

    public StateStoreReconciler Reconciler { get; private set; }

    public SeenBranches Seen { get; private set; } = new();

    public NpgsqlDataSource Database { get; }

    public string ConnectionString { get; }

    public StateStore Store { get; private set; } = null!;

    public StateStoreProvider Stores { get; }

    public StoreLease Lease { get; private set; } = null!;

    public DeliveryRecorder Recorder { get; }

    public StoreSchedule Schedule { get; }

    public DeliveryOptions Limits { get; set; } = new();

    private StateStores.GitOptions Options => new() { DataDirectory = _root["data"], AllowLocal = true };

    public static async Task<DeliveryFleet> StartAsync(
        TestPostgres postgres, bool overHttp = false, Layout layout = Layout.Placements, string branch = "main", DeliveryMode mode = DeliveryMode.Push,
        GitWriter writer = GitWriter.Git)
    {
        var fleet = new DeliveryFleet(await postgres.MigratedAsync());
        await using var database = fleet.Open();
        database.Add(Model.Environment.Create(FleetDecisions.Named("ops"), new EnvironmentSpec(10, Audience.Internal), FleetDecisions.At(0)));
        if (overHttp) fleet.Server = new GitHttpServer(fleet._root["remote"]);
        await database.SaveChangesAsync(None);
        await fleet.RegisterStoreAsync(layout, branch, mode, writer);
        return fleet;
    }

    public async Task RegisterStoreAsync(
        Layout layout = Layout.Placements, string branch = "main", DeliveryMode mode = DeliveryMode.Push, GitWriter writer = GitWriter.Git)
    {
        await using var database = Open();
        var git = new GitSpec(Server?.Url("app") ?? Repo.Url, branch, null, new GitIdentity("Jane", "jane@example.com"), null, "base", Mode: mode, Writer: writer);
        Store = StateStore.Create(FleetDecisions.Named("fleet"), new StateStoreSpec(git, layout), FleetDecisions.At(0));
        database.Add(Store);
        await database.SaveChangesAsync(None);
        await ClaimAsync();
    }

    /// <summary>As another replica would: whoever has the lease so far loses it.</summary>
    public async Task ClaimAsync()
    {
        await using var command = Database.CreateCommand(
            """
            INSERT INTO store_lease (state_store, holder, epoch, until) VALUES ('fleet', NULL, nextval('store_epochs'), now())
            ON CONFLICT (state_store) DO UPDATE SET epoch = nextval('store_epochs') RETURNING epoch
            """);
        Lease = new StoreLease("fleet", (long)(await command.ExecuteScalarAsync(None))!);
    }

    /// <summary>Stores that somebody has to visit.</summary>
    public async Task<IReadOnlyList<string>> BehindAsync()
    {
        using var directory = DataDirectory.Open(_root["server"]);
        return [.. (await new StoreBacklog(Database, directory).FindAsync(0, None)).Where(one => !one.IsTaken).Select(one => one.Store)];
    }

    /// <summary>A copy of the database as it is now.</summary>
    public Task<string> BackUpAsync(TestPostgres postgres)
    {
        Database.Clear();
        return postgres.CopyAsync(ConnectionString);
    }

    /// <summary>The same server on a database that was restored. It is gone with this one.</summary>
    public async Task<DeliveryFleet> RestoredAsync(string connectionString)
    {
        _restored = new DeliveryFleet(connectionString, this) { _borrows = true };
        await _restored.ClaimAsync();
        return _restored;
    }

    public PromisesDb Open() => _databases.CreateDbContext();

    public Task<GitCredential?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult<GitCredential?>(null);

    /// <summary>As after a restart: nothing is remembered.</summary>
    public void Restart() => Reconciler = NewReconciler();

    public Task SyncAsync() => Reconciler.SyncAsync("fleet", Lease, [], None);

    /// <summary>Cuts a replica off, as the death of its process would.</summary>
    public async Task EndSessionAsync(long replica)
    {
        await this.RunAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {replica} AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        await Wait.UntilAsync(async () => !await this.ScalarAsync<bool>($"SELECT replica_lives({replica})"));
    }

    /// <summary>Points the store at another repository.</summary>
    public async Task<GitRepo> MoveAsync(string name)
    {
        var repo = new GitRepo(_root[$"remote/{name}.git"]);
        await using var database = Open();
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET url = {repo.Url}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE store_delivery SET head = NULL", None);
        return repo;
    }

    /// <summary>Where its copy of the repository is.</summary>
    public string Mirror() => Directory.GetDirectories(Path.Combine(Options.DataDirectory, "mirrors")).Single();

    public async ValueTask DisposeAsync()
    {
        if (_restored is not null) await _restored.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
        await Database.DisposeAsync();
        if (!_borrows) _root.Dispose();
    }

    private StateStoreReconciler NewReconciler()
    {
        var failpoints = new Failpoints(new TestingOptions());
        var pushes = new StorePushes(_telemetry, failpoints, TimeProvider.System);
        var brake = new Brake(_databases, new HoldBook(Database, _databases, TimeProvider.System, NullLogger<HoldBook>.Instance), Limits);
        var (seen, settlement) = (Seen = new SeenBranches(), new Settlement(Recorder, pushes, failpoints, NullLogger<Settlement>.Instance));
        return new StateStoreReconciler(
            Stores, new StoreWorkReader(_databases, new RenderCache(), TimeProvider.System),
            new BatchWriter(
                Recorder, brake, pushes, settlement, new Proposals(Recorder, pushes, settlement, Seen, failpoints, NullLogger<Proposals>.Instance), seen, _telemetry, failpoints,
                TimeProvider.System, new Random(1), NullLogger<BatchWriter>.Instance), settlement, seen, _telemetry,
            failpoints, TimeProvider.System, new Random(1), NullLogger<StateStoreReconciler>.Instance);
    }
}
