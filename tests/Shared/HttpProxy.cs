using System.Collections.Concurrent;
using System.Text;

namespace Promises.Testing;

/// <summary>A forward proxy: CONNECT for https, whole URLs for http. It knows better than any name server where the hosts are.</summary>
public sealed class HttpProxy : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Relay _relay;

    /// <param name="port">Where it takes everybody, whatever host they ask for.</param>
    /// <param name="authorization">User and password that it asks for, as in <c>user:password</c>; null for none.</param>
    public HttpProxy(int port, string? authorization = null) => _relay = new Relay(async (client, token) =>
    {
        var head = await HeadAsync(client, token);
        var lines = Encoding.ASCII.GetString(head).Split("\r\n");
        _requests.Enqueue(lines[0]);
        if (authorization is not null && !lines.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(authorization))}"))
        {
            await client.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), token);
            throw new UnauthorizedAccessException();
        }

        var other = await Relay.ConnectAsync(port, token);
        if (lines[0].StartsWith("CONNECT ", StringComparison.Ordinal)) await client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), token);
        else await other.WriteAsync(head, token);
        return (client, other);
    });

    public int Port => _relay.Port;

    /// <summary>First lines of what it was asked.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private static async Task<byte[]> HeadAsync(Stream client, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await client.ReadExactlyAsync(one, cancellationToken);
            head.Add(one[0]);
        }

        return [.. head];
    }
}
