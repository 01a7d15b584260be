using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Promises.Data;

namespace Promises.Benchmarks.Harness;

/// <summary>A private PostgreSQL in a directory, with the settings that the server gives its own: every commit is flushed.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    /// <summary>The question that is asked again and again while something is measured; it is none of the server's.</summary>
    public const string Settled =
        "SELECT NOT EXISTS (SELECT FROM cluster_delivery WHERE wanted_version > written_version) AND NOT EXISTS (SELECT FROM change_stores WHERE NOT settled)";

    private readonly DataDirectory _directory;
    private readonly PrivatePostgres _postgres;
    private int _disposed;

    private BenchDatabase(DataDirectory directory, PrivatePostgres postgres)
    {
        (_directory, _postgres) = (directory, postgres);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Source = PromisesData.DataSource(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { CommandTimeout = 600, ApplicationName = "bench" }.ConnectionString);
    }

    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>For looking from outside; it has patience.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>What PostgreSQL prints.</summary>
    public string Log => _directory.PathOf("postgres.log");

    public static async Task<BenchDatabase> StartAsync(string place, PrivatePostgresOptions? options = null)
    {
        Directory.CreateDirectory(place);
        // A server that ran in this process has closed new files to others, and PostgreSQL never runs as root.
        File.SetUnixFileMode(place, File.GetUnixFileMode(place) | UnixFileMode.OtherExecute);
        var directory = DataDirectory.Open(Path.Combine(place, "database"));
        var postgres = new PrivatePostgres(directory, options ?? new PrivatePostgresOptions(), TimeProvider.System, NullLogger<PrivatePostgres>.Instance);
        await postgres.StartAsync(CancellationToken.None);
        return new BenchDatabase(directory, postgres);
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task RunAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until every accepted change is on its branch, and recorded.</summary>
    public async Task SettledAsync()
    {
        while (!await AskAsync<bool>(Settled)) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        await Source.DisposeAsync();
        await _postgres.DisposeAsync();
        _directory.Dispose();
    }

    // A run that is broken off disposes of nothing.
    private void OnExit(object? sender, EventArgs args) => DisposeAsync().AsTask().Wait();
}
