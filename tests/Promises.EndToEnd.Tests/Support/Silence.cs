using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>Stands between a server and its database, and can fall silent: connections stay open and nothing comes through any more.</summary>
internal sealed class Silence : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly UnixDomainSocketEndPoint _database;
    private readonly Task _accepting;
    private volatile bool _silent;

    public Silence(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _database = new UnixDomainSocketEndPoint(Path.Combine(settings.Host!, $".s.PGSQL.{settings.Port}"));
        _listener.Start();
        var end = (IPEndPoint)_listener.LocalEndpoint;
        (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", end.Port, SslMode.Disable);
        ConnectionString = settings.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    public void Begin() => _silent = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true) served.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var database = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            await database.ConnectAsync(_database);
            await Task.WhenAll(CopyAsync(client, database), CopyAsync(database, client));
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var read)
            {
                if (!_silent) await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // One side has gone, or the test has ended.
        }
    }
}
