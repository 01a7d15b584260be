using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Data;
using Promises.Testing;

[assembly: AssemblyFixture(typeof(TestPostgres))]

namespace Promises.Testing;

/// <summary>
/// One private PostgreSQL for the whole test process, started when the first test asks for a database. Each database is fresh and nobody else's;
/// all are gone at the end.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private TempDirectory? _place;
    private DataDirectory? _directory;
    private PrivatePostgres? _server;
    private bool _template;
    private int _count;

    /// <summary>The connection string of a new database with the current schema.</summary>
    public Task<string> MigratedAsync() => CreateAsync(migrated: true);

    /// <summary>The connection string of a new database without any table.</summary>
    public Task<string> EmptyAsync() => CreateAsync(migrated: false);

    /// <summary>The connection string of a copy of a database, as a backup would restore it. Nobody may be connected to the original.</summary>
    public async Task<string> CopyAsync(string connectionString)
    {
        await _gate.WaitAsync();
        try
        {
            var name = $"test_{++_count}";
            await RunAsync(_server!, $"CREATE DATABASE {name} TEMPLATE {new NpgsqlConnectionStringBuilder(connectionString).Database}");
            return Named(_server!, name);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (_server is not null) await _server.DisposeAsync();
        _directory?.Dispose();
        _place?.Dispose();
        _gate.Dispose();
    }

    // A terminated run disposes of no fixtures.
    private void OnExit(object? sender, EventArgs args) => DisposeAsync().AsTask().Wait();

    private async Task<string> CreateAsync(bool migrated)
    {
        // CREATE DATABASE copies its template, which nobody may use meanwhile: one at a time.
        await _gate.WaitAsync();
        try
        {
            var server = _server ??= await StartAsync();
            if (migrated && !_template)
            {
                await RunAsync(server, "CREATE DATABASE template_migrated");
                await using var database = PromisesData.DataSource(Named(server, "template_migrated"));
                await new MigrationRunner(database).ApplyAsync(CancellationToken.None);
                _template = true;
            }

            var name = $"test_{++_count}";
            await RunAsync(server, $"CREATE DATABASE {name} TEMPLATE {(migrated ? "template_migrated" : "template0")}");
            return Named(server, name);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<PrivatePostgres> StartAsync()
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _place = new TempDirectory();
        _directory = DataDirectory.Open(_place["data"]);
        var server = new PrivatePostgres(_directory, new PrivatePostgresOptions(), TimeProvider.System, NullLogger<PrivatePostgres>.Instance);
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    private static async Task RunAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(Named(server, "postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Named(PrivatePostgres server, string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, Pooling = database.StartsWith("test_", StringComparison.Ordinal) }.ConnectionString;
}

/// <summary>A class fixture: a migrated database for the tests of one class.</summary>
public sealed class TestDatabase(TestPostgres postgres) : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await postgres.MigratedAsync();
        DataSource = PromisesData.DataSource(ConnectionString);
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
