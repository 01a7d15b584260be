using System.Net;
using System.Net.Sockets;

namespace Promises.StateStores;

/// <summary>Which addresses are never gone to, however they are written.</summary>
internal static class AddressRules
{
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fec0::/10"), IPNetwork.Parse("ff00::/8"),
        // Metadata services of clouds that are not link-local.
        IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("192.0.0.192/32"),
        IPNetwork.Parse("fd00:ec2::254/128"), IPNetwork.Parse("fd20:ce::254/128"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    public static bool IsForbidden(IPAddress address) => Forms(address).Any(form => Never.Any(network => network.Contains(form)));

    public static bool IsLoopback(IPAddress address) => Forms(address).Any(IPAddress.IsLoopback);

    /// <summary>The address itself and the IPv4 address that it carries inside, if it does.</summary>
    private static IEnumerable<IPAddress> Forms(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            yield return address.MapToIPv4();
            yield break;
        }

        yield return address;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) yield break;

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address)) yield return new IPAddress(bytes.AsSpan(12));
        else if (SixToFour.Contains(address)) yield return new IPAddress(bytes.AsSpan(2, 4));
        else if (Compatible.Contains(address) && !IPAddress.IsLoopback(address)) yield return new IPAddress(bytes.AsSpan(12));
    }
}
