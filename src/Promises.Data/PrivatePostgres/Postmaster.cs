using System.Globalization;

namespace Promises.Data;

/// <summary>The process that serves the data: starts it, finds it again, stops it.</summary>
internal sealed class Postmaster(
    PrivatePostgresOptions options, PostgresBinaries binaries, PostgresUser user, string data, SocketDirectory socket, PostgresLog log, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes over a PostgreSQL that a server which died left behind. Null if there is none, or none of use.</summary>
    public async Task<int?> AdoptAsync(CancellationToken cancellationToken)
    {
        if (PostmasterFile.ReadLive(data) is not { } found) return null;
        if (found.SocketDirectory == socket.Path && await ComesUpAsync(() => PostmasterFile.ReadLive(data) is null, cancellationToken)) return found.ProcessId;

        // It listens where we do not look, or not at all: the data directory was reached by another name, or the socket was cleaned away.
        await StopAsync();
        return null;
    }

    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        await socket.CreateAsync(user, cancellationToken);
        if (PostmasterFile.ReadLive(data) is null)
        {
            PostmasterFile.Disown(data);
            // The socket has a lock file too, which blocks in the same way.
            socket.Clear();
        }

        log.Prepare();
        using var process = Tool.Detach([.. user.Prefix, binaries.Postgres, "-D", data, .. Settings()], log.Path);
        try
        {
            if (await ComesUpAsync(() => process.HasExited, cancellationToken) && PostmasterFile.ReadLive(data) is { } live) return live.ProcessId;
        }
        catch (OperationCanceledException)
        {
            // Too young to be found, and so to be stopped, by its file.
            if (PostmasterFile.ReadLive(data) is null) process.Kill();
            throw;
        }

        if (process.HasExited) throw new PrivatePostgresException($"The private PostgreSQL ended while it started. Its log {log.Path} says: {log.Tail()}");
        throw new PrivatePostgresException($"The private PostgreSQL did not take connections within {options.StartTimeout.TotalSeconds} s. Its log {log.Path} says: {log.Tail()}");
    }

    /// <summary>Looks at the process rather than waiting for it: an adopted one is not our child.</summary>
    public async Task WaitForDeathAsync(CancellationToken cancellationToken)
    {
        while (PostmasterFile.ReadLive(data) is not null)
        {
            log.Bound();
            await Task.Delay(Watch, time, cancellationToken);
        }
    }

    /// <summary>Answers what <c>pg_ctl</c> said if an orderly stop did not succeed in time; else null.</summary>
    public async Task<string?> StopAsync()
    {
        string? trouble = null;
        if (PostmasterFile.ReadLive(data) is not null)
        {
            var orderly = await StopAsync("fast");
            if (!orderly.Succeeded && PostmasterFile.ReadLive(data) is not null)
            {
                trouble = orderly.Output;
                await StopAsync("immediate");
            }
        }

        socket.Remove();
        return trouble;
    }

    private Task<ToolResult> StopAsync(string mode) => Tool.RunAsync(
        [.. user.Prefix, binaries.PgCtl, "stop", "-D", data, "-m", mode, "-w", "-t", ((int)options.StopTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture)],
        CancellationToken.None);

    private async Task<bool> ComesUpAsync(Func<bool> isDead, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!isDead())
        {
            if (await PrivateDatabase.AnswersAsync(socket.Path, cancellationToken)) return true;
            if (time.GetElapsedTime(began) > options.StartTimeout) return false;
            await Task.Delay(Glance, time, cancellationToken);
        }

        return false;
    }

    // On the command line, so that they hold whatever was edited in the files.
    private IEnumerable<string> Settings() => new[]
    {
        "listen_addresses=",
        $"unix_socket_directories={socket.Path}",
        "unix_socket_permissions=0700",
        $"shared_buffers={options.SharedBuffers}",
        $"max_connections={options.MaxConnections}",
        "fsync=on",
        "synchronous_commit=on",
        "full_page_writes=on",
        "jit=off",
        // What is asked for is in memory. With the default of 4, for disks that turn, whole tables are read where an index says which few rows are meant.
        "random_page_cost=1.1",
        "logging_collector=off",
        "log_destination=stderr",
        "cluster_name=promises",
    }.SelectMany(setting => new[] { "-c", setting });
}
