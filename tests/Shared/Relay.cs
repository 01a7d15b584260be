using System.Net;
using System.Net.Sockets;

namespace Promises.Testing;

/// <summary>Listens on a free port and joins whoever comes with somebody else.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, CancellationToken, Task<(Stream Client, Stream Other)>> _open;
    private readonly Task _loop;

    /// <param name="open">Speaks with the client first, and finds the other one.</param>
    public Relay(Func<Stream, CancellationToken, Task<(Stream Client, Stream Other)>> open)
    {
        _open = open;
        _listener.Start();
        _loop = LoopAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static async Task<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true) running.Add(JoinAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task JoinAsync(Socket socket)
    {
        await using var client = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var (near, far) = await _open(client, _stop.Token);
            await using (near)
            await using (far)
            {
                // Whoever ends first ends both: HTTP says itself how long a body is.
                await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token));
            }
        }
        catch (Exception)
        {
            // One side went away or did not like the other, or the test is over.
        }
    }
}
