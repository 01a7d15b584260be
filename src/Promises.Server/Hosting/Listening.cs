using System.Net;
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

    /// <summary>Null if it is no address.</summary>
    public static IPAddress? Parse(string address) => address switch
    {
        AnyAddress => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(address, out var parsed) ? parsed : null,
    };
}
