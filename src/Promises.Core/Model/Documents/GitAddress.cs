using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Promises.Model.Documents;

/// <summary>What may be talked to at an address.</summary>
public enum AddressUse { Allowed, LocalOnly, Never }

/// <summary>
/// Judges addresses, written in a URL or answered by a resolver: link-local, metadata services, multicast and unspecified ones never, also when
/// they are wrapped in IPv6; loopback where local stores are allowed; private ranges always, for most Git hosts live there.
/// </summary>
public static class GitAddress
{
    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fec0::/10"), IPNetwork.Parse("ff00::/8"),
        // Metadata services outside the link-local range: Alibaba, Azure, Oracle, AWS.
        IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("192.0.0.192/32"), IPNetwork.Parse("fd00:ec2::254/128"),
    ];

    public static AddressUse Judge(IPAddress address)
    {
        if (Embedded(address) is { } inner) return Judge(inner);
        if (Forbidden.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))) return AddressUse.Never;
        return IPAddress.IsLoopback(address) ? AddressUse.LocalOnly : AddressUse.Allowed;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64, 6to4.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return null;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var (high, middle) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        if (high == 0 && middle == 0xffff) return new(bytes[12..]);
        if (high == 0 && middle == 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) > 1) return new(bytes[12..]);
        if (high == 0x0064_ff9b_0000_0000 || high >> 16 == 0x0064_ff9b_0001) return new(bytes[12..]);
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new(bytes[2..6]) : null;
    }
}
