using Microsoft.Extensions.Logging;

namespace Promises.Data;

/// <summary>
/// A PostgreSQL of our own in the data directory, reached over a unix socket only, so that one command is enough on one machine.
/// It is started, watched and stopped with the server. It lives in a session of its own: should the server be killed, the next one adopts it.
/// </summary>
public sealed partial class PrivatePostgres : IAsyncDisposable
{
    internal const string UserName = "promises";
    private const string DatabaseName = "promises";
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly PrivatePostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DataDirectory _directory;
    private readonly PostgresFiles _files;
    private readonly SocketDirectory _socket;
    private readonly PostgresLog _log;
    private readonly CancellationTokenSource _stopping = new();
    private Postmaster? _postmaster;
    private Task _supervisor = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Nothing is started yet; <see cref="ConnectionString"/> is known already.</summary>
    public PrivatePostgres(DataDirectory directory, PrivatePostgresOptions options, TimeProvider time, ILogger<PrivatePostgres> logger)
    {
        (_directory, _options, _time, _logger) = (directory, options, time, logger);
        _files = new PostgresFiles(directory);
        _socket = new SocketDirectory(options, _files.Path);
        _log = new PostgresLog(directory.PathOf("postgres.log"), options.LogBytes);
    }

    public string ConnectionString => $"Host={_socket.Path};Username={UserName};Database={DatabaseName}";

    /// <summary>The process that serves the data; null if there is none.</summary>
    public int? ProcessId => PostmasterFile.ReadLive(_files.Path)?.ProcessId;

    /// <summary>Answers when the database can be used; from then on PostgreSQL is started again whenever it dies.</summary>
    /// <exception cref="PrivatePostgresException">It cannot be found, made or started.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var user = await PostgresUser.ChooseAsync(_files.Path, cancellationToken);
        await user.RequireWayToAsync(_directory.Path, cancellationToken);
        var binaries = await PostgresBinaries.FindAsync(_options, _files.Version(), cancellationToken);
        _postmaster = new Postmaster(_options, binaries, user, _files.Path, _socket, _log, _time);

        if (_files.Version() is null)
        {
            LogInitialising(binaries.Version, _files.Path);
            await _files.InitialiseAsync(binaries, user, cancellationToken);
        }

        try
        {
            if (await _postmaster.AdoptAsync(cancellationToken) is { } adopted) LogAdopted(adopted);
            else await StartAsync(_postmaster, cancellationToken);
            await PrivateDatabase.EnsureAsync(ConnectionString, cancellationToken);
        }
        catch
        {
            await StopAsync();
            throw;
        }

        _supervisor = Task.Run(() => SuperviseAsync(_postmaster, _stopping.Token), CancellationToken.None);
    }

    /// <summary>Stops PostgreSQL: in order if it can be done in time, else at once. Removes the socket's directory.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _supervisor;
        if (_postmaster is null) return;
        if (await _postmaster.StopAsync() is { } output) LogImmediateStop(_options.StopTimeout, output);
        _postmaster = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task StartAsync(Postmaster postmaster, CancellationToken cancellationToken)
    {
        var id = await postmaster.StartAsync(cancellationToken);
        LogStarted(id, _socket.Path);
    }

    private async Task SuperviseAsync(Postmaster postmaster, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await postmaster.WaitForDeathAsync(cancellationToken);
                var tail = _log.Tail();
                LogDied(tail);
                await RestartAsync(postmaster, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task RestartAsync(Postmaster postmaster, CancellationToken cancellationToken)
    {
        for (var pause = _options.RestartPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            // Also before the first try: the workers of the dead one need a moment to notice.
            await Task.Delay(pause, _time, cancellationToken);
            try
            {
                await StartAsync(postmaster, cancellationToken);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogRestartFailed(exception, pause);
            }
        }
    }
}
