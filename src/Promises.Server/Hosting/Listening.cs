using System.Net;
using System.Net.Sockets;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Hosting;

internal static class Listening
{
    /// <summary>
    /// Where the server itself cuts off. The limit of the API is lower and answered before the body is read; between the two the rest of the body is read and
    /// dropped, so that a client which sends first and reads then gets its 413 instead of a broken connection.
    /// </summary>
    private const long HardBodyLimit = 4 * Limits.RequestBytes;

    private const string AnyAddress = "*";

    public static WebApplicationBuilder AddListening(this WebApplicationBuilder builder, HttpOptions http)
    {
        RequireFree(http);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = HardBodyLimit;
            if (http.Address == AnyAddress) kestrel.ListenAnyIP(http.Port);
            else kestrel.Listen(Parse(http.Address)!, http.Port);
        });

        // Listens where our own settings say and nowhere else.
        builder.WebHost.UseUrls();
        return builder;
    }

    /// <summary>Before a database is started for nothing, and in one sentence; the server itself says it in fifty lines.</summary>
    private static void RequireFree(HttpOptions http)
    {
        var address = Parse(http.Address)!;
        if (http.Port == 0 || (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)) return;

        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Equals(IPAddress.IPv6Any)) probe.DualMode = true;
        try
        {
            probe.Bind(new IPEndPoint(address, http.Port));
        }
        catch (SocketException e)
        {
            throw new StartupException(e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {http.Port} on {http.Address} is in use by another program. Stop that one, or choose another port with --port or PROMISES_Http__Port.",
                SocketError.AccessDenied => $"This user may not listen on port {http.Port}. Choose one from 1024 on with --port or PROMISES_Http__Port.",
                SocketError.AddressNotAvailable => $"PROMISES_Http__Address: this machine does not have the address {http.Address}.",
                _ => $"Cannot listen on port {http.Port} of {http.Address}: {e.Message}.",
            }, e);
        }
    }

    /// <summary>Null if it is no address.</summary>
    public static IPAddress? Parse(string address) => address switch
    {
        AnyAddress => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(address, out var parsed) ? parsed : null,
    };
}
