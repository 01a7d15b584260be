using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Data;
using Promises.Manifests;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Server.Hosting;
using Promises.Server.Reconciling;
using Promises.StateStores;
using Promises.Testing;

namespace Promises.Server.Tests.Reconciling;

/// <summary>A database, a repository, and the reconciler between them; decisions are written as the deciding side writes them.</summary>
internal sealed class DeliveryFleet : IAsyncDisposable, ICredentialReader
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private readonly TempDirectory _root;
    private readonly NpgsqlDataSource _database;
    private readonly IDbContextFactory<PromisesDb> _databases;
    private readonly DeliveryTelemetry _telemetry;
    private StateStore _store = null!;
    private DeliveryFleet? _restored;
    private bool _borrows;

    /// <param name="origin">Whose repository, mirror and store these are too.</param>
    private DeliveryFleet(string connectionString, DeliveryFleet? origin = null)
    {
        (ConnectionString, _root) = (connectionString, origin?._root ?? new TempDirectory());
        _database = PromisesData.DataSource(connectionString);
        _databases = new PooledDbContextFactory<PromisesDb>(new DbContextOptionsBuilder<PromisesDb>().UseNpgsql(_database).Options);
        Repo = origin?.Repo ?? new GitRepo(_root["remote/app.git"]);
        if (origin is not null) _store = origin._store;
        Stores = new StateStoreProvider(Options, this, TimeProvider.System, new Random(1));
        _telemetry = new DeliveryTelemetry(new DeliveryQueue(TimeProvider.System), TimeProvider.System);
        Recorder = new DeliveryRecorder(_database, _telemetry, TimeProvider.System, NullLogger<DeliveryRecorder>.Instance);
        Schedule = new StoreSchedule(_database, TimeProvider.System, new Random(1));
        Reconciler = NewReconciler();
    }

    public GitRepo Repo { get; }

    public GitHttpServer? Server { get; private set; }

    public StateStoreReconciler Reconciler { get; private set; }

    public SeenBranches Seen { get; private set; } = new();

    public string ConnectionString { get; }

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
        database.Add(Model.Environment.Create(new ObjectMeta("ops", NoLabels, NoLabels), new EnvironmentSpec(10, Audience.Internal), At(0)));
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
        _store = StateStore.Create(new ObjectMeta("fleet", NoLabels, NoLabels), new StateStoreSpec(git, layout), At(0));
        database.Add(_store);
        await database.SaveChangesAsync(None);
        await ClaimAsync();
    }

    /// <summary>As another replica would: whoever has the lease so far loses it.</summary>
    public async Task ClaimAsync()
    {
        await using var command = _database.CreateCommand(
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
        return [.. (await new StoreBacklog(_database, directory).FindAsync(0, None)).Where(one => !one.IsTaken).Select(one => one.Store)];
    }

    /// <summary>A copy of the database as it is now.</summary>
    public Task<string> BackUpAsync(TestPostgres postgres)
    {
        _database.Clear();
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

    public Task<long> RegisterAsync(params string[] names) => RegisterInAsync("ops", names);

    public async Task<long> RegisterInAsync(string environment, params string[] names) => await ChangeAsync(async (database, number) =>
    {
        if (!await database.Environments.AnyAsync(row => row.Name == environment, None))
            database.Add(Model.Environment.Create(new ObjectMeta(environment, NoLabels, NoLabels), new EnvironmentSpec(20, Audience.External), At(number)));
        foreach (var name in names)
        {
            database.Add(Cluster.Register(
                new ObjectMeta(name, NoLabels, NoLabels), new ClusterSpec(null, null, null, Agent.Flux, null, null, false, [], null, false), environment, "fleet", $"clusters/{name}", At(number)));
        }

        await database.SaveChangesAsync(None);
        return names;
    });

    /// <summary>As clusters could be registered before the length of their paths was limited.</summary>
    public async Task MoveFarAsync(string cluster, string basePath, string path)
    {
        await using var database = Open();
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET base_path = {basePath}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE clusters SET path = {path} WHERE name = {cluster}", None);
    }

    /// <summary>A new revision with one ConfigMap per name.</summary>
    public async Task PublishAsync(string promise, int number, params string[] maps)
    {
        await using var database = Open();
        var spec = new PromiseSpec(
            null, new PlacementRule(null, true, false, [], OnUnmatch.Retain), [], [], [],
            [.. maps.Select(map => (JsonObject)JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{map}}}","namespace":"x"},"data":{"revision":"{{{number}}}"}}""")!)], null);
        var content = PromiseContent.Write(spec);
        if (number == 1) database.Add(Promise.Create(new ObjectMeta(promise, NoLabels, NoLabels), At(1)));
        database.Add(new Revision(promise, number, CanonicalJson.Digest(content), null, content, "admin", At(1)));
        await database.SaveChangesAsync(None);
    }

    /// <summary>Decides that these clusters get a revision.</summary>
    public Task<long> PlaceAsync(string promise, int revision, params string[] clusters) => ChangeAsync(async (database, number) =>
    {
        var digest = await database.Revisions.Where(r => r.Promise == promise && r.Number == revision).Select(r => r.Digest).SingleAsync(None);
        await GrantLostAsync(database, number, promise, revision, clusters);
        var environments = await database.Clusters.Where(cluster => clusters.Contains(cluster.Name)).ToDictionaryAsync(cluster => cluster.Name, cluster => cluster.Environment, None);
        var of = clusters.Select(cluster => environments[cluster]).ToArray();
        var wanted = clusters.Select(cluster => Renderer.WantedDigest(digest, Site(cluster), promise, [], hasObjects: true)).ToArray();
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO placements AS p (promise, cluster, environment, revision, outcome, delivers, reason, message, included_by, depends_on, digest,
                uid, created_at, scheduled_at, resource_version, generation, leaving)
            SELECT {promise}, cluster, environment, {revision}, 'Placed', true, 'AllClusters', '', ARRAY[]::text[], ARRAY[]::text[], digest, gen_random_uuid(), now(), now(), {number}, 1, false
            FROM unnest({clusters}, {wanted}, {of}) AS row (cluster, digest, environment)
            ON CONFLICT (promise, cluster) DO UPDATE SET revision = excluded.revision, digest = excluded.digest, leaving = false, stalled_reason = NULL
            """, None);
        return clusters;
    });

    public Task<long> WithdrawAsync(string promise, params string[] clusters) => ChangeAsync(async (database, number) =>
    {
        foreach (var cluster in clusters) await GrantAsync(database, number, cluster, promise, null);
        await database.Database.ExecuteSqlAsync($"UPDATE placements SET leaving = true, digest = NULL WHERE promise = {promise} AND cluster = ANY({clusters})", None);
        return clusters;
    });

    public Task<long> OffBoardAsync(string cluster) => ChangeAsync(async (database, number) =>
    {
        await GrantAsync(database, number, cluster, null, null);
        await database.Database.ExecuteSqlAsync($"UPDATE placements SET leaving = true, digest = NULL WHERE cluster = {cluster}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE clusters SET leaving = true WHERE name = {cluster}", None);
        return [cluster];
    });

    public async Task SetModeAsync(DeliveryMode mode)
    {
        await using var database = Open();
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET mode = {mode.ToString()}", None);
    }

    public async Task<Proposal?> ProposalAsync(string environment = "ops")
    {
        await using var database = Open();
        return await database.Proposals.AsNoTracking().SingleOrDefaultAsync(p => p.Environment == environment, None);
    }

    public async Task<string> StateAsync(string promise, string cluster) =>
        await PlacementAsync(promise, cluster) is { } placement
            ? Features.Placements.PlacementStates.Of(placement, onHold: (await HoldsAsync()).Any(hold => hold.Phase == HoldPhase.Held)) : "";

    /// <summary>Something that concerns the store and changes nothing in it.</summary>
    public Task<long> TouchAsync(params string[] clusters) => ChangeAsync((_, _) => Task.FromResult(clusters));

    public async Task<Placement?> PlacementAsync(string promise, string cluster)
    {
        await using var database = Open();
        return await database.Placements.AsNoTracking().SingleOrDefaultAsync(p => p.Promise == promise && p.Cluster == cluster, None);
    }

    public async Task<ClusterDelivery?> ClusterAsync(string name)
    {
        await using var database = Open();
        return await database.ClusterDelivery.AsNoTracking().SingleOrDefaultAsync(d => d.Cluster == name, None);
    }

    public async Task<StoreDelivery?> DeliveryAsync()
    {
        await using var database = Open();
        return await database.StoreDelivery.AsNoTracking().SingleOrDefaultAsync(None);
    }

    public async Task<StoreStatus> StatusAsync()
    {
        await using var database = Open();
        return await StoreStatusReader.ReadAsync(database, _store, None);
    }

    public async Task<ChangeStore[]> ChangesAsync()
    {
        await using var database = Open();
        return await database.ChangeStores.AsNoTracking().OrderBy(c => c.Change).ToArrayAsync(None);
    }

    public async Task<(long? Holder, long Epoch, DateTimeOffset Until, int Attempts)> LeaseAsync()
    {
        await using var command = _database.CreateCommand("SELECT holder, epoch, until, attempts FROM store_lease WHERE state_store = 'fleet'");
        await using var reader = await command.ExecuteReaderAsync(None);
        await reader.ReadAsync(None);
        return (reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3));
    }

    /// <summary>Cuts a replica off, as the death of its process would.</summary>
    public async Task EndSessionAsync(long replica)
    {
        await RunAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {replica} AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        await Wait.UntilAsync(async () => !await ScalarAsync<bool>($"SELECT replica_lives({replica})"));
    }

    public async Task<DateTimeOffset> NowAsync() => new(await ScalarAsync<DateTime>("SELECT clock_timestamp()"));

    public async Task RunAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(None);
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(None))!;
    }

    public async Task<ChangeBranch[]> CommitsAsync(long change)
    {
        await using var database = Open();
        return await database.ChangeBranches.AsNoTracking().Where(row => row.Change == change).OrderBy(row => row.Cluster).ToArrayAsync(None);
    }

    public async Task<int> RowsAsync(string table)
    {
        await using var command = _database.CreateCommand($"SELECT count(*)::int FROM {table}");
        return (int)(await command.ExecuteScalarAsync(None))!;
    }

    /// <summary>By number.</summary>
    public async Task<IReadOnlyList<Hold>> HoldsAsync()
    {
        await using var database = Open();
        return await database.Holds.AsNoTracking().OrderBy(hold => hold.Number).ToListAsync(None);
    }

    /// <summary>A change of its own, as the API makes it.</summary>
    public Task DecideAsync(Hold hold, HoldPhase phase) => ChangeAsync(async (database, number) =>
    {
        (await database.Holds.SingleAsync(row => row.Number == hold.Number, None)).Decide(phase, "jane", "because", At(number));
        await database.SaveChangesAsync(None);
        if (phase == HoldPhase.Released && hold.BranchVersion is { } version) await database.Database.ExecuteSqlAsync($"UPDATE fleet SET version = greatest(version, {version})", None);
        return [];
    }, concerns: phase == HoldPhase.Released || hold.Reason == HoldReason.UnconfirmedRemoval);

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

    public async Task EditStoreAsync()
    {
        await using var database = Open();
        var number = await FleetLock.VersionAsync(database, None);
        await database.Database.ExecuteSqlAsync($"UPDATE changes SET at = now() WHERE number = {number}", None);
        await database.Database.ExecuteSqlAsync($"UPDATE state_stores SET resource_version = {number}", None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_restored is not null) await _restored.DisposeAsync();
        if (Server is not null) await Server.DisposeAsync();
        await _database.DisposeAsync();
        if (!_borrows) _root.Dispose();
    }

    private StateStoreReconciler NewReconciler()
    {
        var failpoints = new Failpoints(new TestingOptions());
        var pushes = new StorePushes(_telemetry, failpoints, TimeProvider.System);
        var brake = new Brake(_databases, new HoldBook(_database, _databases, TimeProvider.System, NullLogger<HoldBook>.Instance), Limits);
        var (seen, settlement) = (Seen = new SeenBranches(), new Settlement(Recorder, pushes, failpoints, NullLogger<Settlement>.Instance));
        return new StateStoreReconciler(
            Stores, new StoreWorkReader(_databases, new RevisionCache(), TimeProvider.System),
            new BatchWriter(
                Recorder, brake, pushes, settlement, new Proposals(Recorder, pushes, settlement, Seen, failpoints, NullLogger<Proposals>.Instance), seen, _telemetry, failpoints,
                TimeProvider.System, new Random(1), NullLogger<BatchWriter>.Instance), settlement, seen, _telemetry,
            failpoints, TimeProvider.System, new Random(1), NullLogger<StateStoreReconciler>.Instance);
    }

    /// <summary>Allows what a placement loses between the revision that was decided and another.</summary>
    private async Task GrantLostAsync(PromisesDb database, long number, string promise, int revision, string[] clusters)
    {
        var layout = Layouts.For(_store.Layout);
        foreach (var before in await database.Placements.AsNoTracking().Where(p => p.Promise == promise && clusters.Contains(p.Cluster)).ToListAsync(None))
        {
            var lost = (await FilesAsync(before.Revision)).Except(await FilesAsync(revision)).ToArray();
            if (lost.Length > 0) await GrantAsync(database, number, before.Cluster, promise, lost);
        }

        async Task<IEnumerable<string>> FilesAsync(int wanted)
        {
            var content = await database.Revisions.Where(r => r.Promise == promise && r.Number == wanted).Select(r => r.Content).SingleAsync(None);
            return layout.Paths(promise, [.. PromiseContent.Read(content).Dependencies.Select(ManifestObject.From)]).Keys.Select(FileIdentity.Of);
        }
    }

    private static Task GrantAsync(PromisesDb database, long number, string cluster, string? promise, string[]? files) => database.Database.ExecuteSqlAsync(
        $"INSERT INTO removal_grants (change, state_store, cluster, promise, files) VALUES ({number}, 'fleet', {cluster}, {promise}, {files})", None);

    private ClusterSite Site(string cluster) =>
        new(cluster, "ops", "fleet", $"base/clusters/{cluster}", Agent.Flux, _store.Layout, _store.Url, _store.BranchOf(cluster));

    private static Stamp At(long change) => new(change, DateTimeOffset.UnixEpoch, Guid.NewGuid());

    /// <param name="concerns">Whether the store has something to write because of it.</param>
    private async Task<long> ChangeAsync(Func<PromisesDb, long, Task<string[]>> decide, bool concerns = true)
    {
        await using var database = Open();
        await using var transaction = await database.Database.BeginTransactionAsync(None);
        var number = await FleetLock.TakeAsync(database, None);
        var dirty = await decide(database, number);
        database.Add(new Change(number, DateTimeOffset.UnixEpoch, number % 2 == 0 ? "ci" : "admin", "PUT", "/", "", "{}"));
        if (concerns) database.Add(new ChangeStore(number, "fleet"));
        await database.SaveChangesAsync(None);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO cluster_delivery (cluster, state_store, wanted_version, written_version)
            SELECT cluster, 'fleet', {number}, 0 FROM unnest({dirty}) AS row (cluster)
            ON CONFLICT (cluster) DO UPDATE SET wanted_version = excluded.wanted_version
            """, None);
        if (_store.IsBranchPerCluster)
        {
            foreach (var cluster in dirty) database.Add(new ChangeBranch(number, "fleet", cluster, _store.BranchOf(cluster)));
            await database.SaveChangesAsync(None);
        }

        await transaction.CommitAsync(None);
        return number;
    }
}
