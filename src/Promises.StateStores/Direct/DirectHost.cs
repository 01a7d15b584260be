using System.Net;

namespace Promises.StateStores;

/// <summary>Where a push without git goes, and with what. Equal ones may share a connection.</summary>
/// <param name="Root">Of the repository, with a slash at its end.</param>
/// <param name="Addresses">Those that the host was admitted with; it is gone to at no other.</param>
/// <param name="Authorization">The header; null for none.</param>
/// <param name="Authorities">PEM of the only authorities that are trusted; null for those of the machine.</param>
internal sealed record DirectHost(Uri Root, IReadOnlyList<IPAddress> Addresses, string? Authorization, string? Authorities)
{
    private readonly string _addresses = string.Join(' ', Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal));

    public bool Equals(DirectHost? other) =>
        other is not null && (Root, _addresses, Authorization, Authorities) == (other.Root, other._addresses, other.Authorization, other.Authorities);

    public override int GetHashCode() => HashCode.Combine(Root, _addresses, Authorization, Authorities);

    /// <summary>Keeps the secret out of logs and messages.</summary>
    public override string ToString() => $"DirectHost {{ Root = {Root} }}";
}
