using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Promises.Model.Documents;

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
            // Nothing is written over ssh yet, but where such a URL leads is judged all the same.
            if (GitUrl.IsSsh(url) && GitUrl.Endpoint(url) is { } end) await AddressesAsync(end.Host, cancellationToken);
            else await AdmitAsync(url, null, cancellationToken);
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
        if (GitUrl.IsSsh(text)) throw Refused("Repositories are not written to over ssh yet; use https with a token.");
        if (!RemoteUrl.TryParse(text, out var url)) throw Refused("The URL of the repository is not a plain https URL.");
        if (url.IsFile) return options.AllowLocal ? new RemoteAccess(url, [], null) : throw Refused("A file:// repository is only allowed where local stores are.");
        if (url.Scheme == "http" && !options.AllowLocal) throw Refused("Plain http is only allowed where local stores are; use https.");

        var addresses = await AddressesAsync(url.Host, cancellationToken);
        return new RemoteAccess(url, IsLiteral(url.Host, out _) ? [] : addresses, credential);
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IsLiteral(host, out var address) ? [address] : await ResolveAsync(host, cancellationToken);
        if (addresses.Any(AddressRules.IsForbidden)) throw Refused($"The host {host} has a link-local, metadata, multicast or reserved address.");
        if (!options.AllowLocal && addresses.Any(AddressRules.IsLoopback)) throw Refused($"The host {host} is this machine, which is only allowed where local stores are.");
        return addresses;
    }

    private static bool IsLiteral(string host, [NotNullWhen(true)] out IPAddress? address) => IPAddress.TryParse(host.Trim('[', ']'), out address);

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
