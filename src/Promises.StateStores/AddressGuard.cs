using System.Net;
using System.Net.Sockets;

namespace Promises.StateStores;

/// <summary>
/// Decides before each use whether a remote is one we go to. A name is resolved here and git is told the addresses, so that it cannot
/// come to mean another host between the check and the use.
/// </summary>
public sealed class AddressGuard(GitOptions options)
{
    private static readonly TimeSpan Resolving = TimeSpan.FromSeconds(10);

    /// <summary>Looks a name up; replaced in tests.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Why the URL is not one we go to, as a sentence; null if it is. A name that cannot be resolved now is no reason.</summary>
    public async Task<string?> RefusalAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            await AdmitAsync(url, null, cancellationToken);
            return null;
        }
        catch (StateStoreException refused) when (refused.Fault == StoreFault.AddressRefused)
        {
            return refused.Message;
        }
        catch (StateStoreException)
        {
            return null;
        }
    }

    internal async Task<RemoteAccess> AdmitAsync(string text, GitCredential? credential, CancellationToken cancellationToken)
    {
        if (!RemoteUrl.TryParse(text, out var url)) throw Refused("The URL of the repository is not a plain https URL.");
        if (url.IsFile) return options.AllowLocal ? new RemoteAccess(url, [], null) : throw Refused("A file:// repository is only allowed where local stores are.");
        if (url.Scheme == "http" && !options.AllowLocal) throw Refused("Plain http is only allowed where local stores are; use https.");

        var literal = IPAddress.TryParse(url.Host.Trim('[', ']'), out var address);
        var addresses = literal ? [address!] : await ResolveAsync(url.Host, cancellationToken);
        if (addresses.Any(AddressRules.IsForbidden)) throw Refused($"The host {url.Host} has a link-local, metadata, multicast or reserved address.");
        if (!options.AllowLocal && addresses.Any(AddressRules.IsLoopback)) throw Refused($"The host {url.Host} is this machine, which is only allowed where local stores are.");
        return new RemoteAccess(url, literal ? [] : addresses, credential);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Resolve(host, cancellationToken).WaitAsync(Resolving, cancellationToken);
            return addresses.Length > 0 ? addresses : throw Unresolved(host, null);
        }
        catch (Exception failed) when (failed is SocketException or TimeoutException or ArgumentException)
        {
            throw Unresolved(host, failed);
        }
    }

    private static StateStoreException Refused(string message) => new(StoreFault.AddressRefused, message);

    private static StateStoreException Unresolved(string host, Exception? inner) => new(StoreFault.Unreachable, $"Could not resolve host {host}.", inner);
}
