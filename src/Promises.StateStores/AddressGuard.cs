using System.Diagnostics.CodeAnalysis;
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
    private static readonly TimeSpan ResolvingForProxy = TimeSpan.FromSeconds(2);

    /// <summary>Looks a name up; replaced in tests.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;

    /// <summary>Why the URL is not one we go to, as a sentence; null if it is. A name that cannot be resolved now is no reason.</summary>
    public async Task<string?> RefusalAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            await JudgeAsync(url, cancellationToken);
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

    internal async Task<RemoteAccess> AdmitAsync(string text, GitCredential? credential, SshConnections connections, CancellationToken cancellationToken)
    {
        var (url, addresses) = await JudgeAsync(text, cancellationToken);
        return (url.Scheme, credential) switch
        {
            ("file", _) => new RemoteAccess(url),
            ("ssh", GitKey { KnownHosts: not null } key) => new SshRemote(url, addresses, key, connections),
            ("ssh", _) => throw new StateStoreException(StoreFault.AuthenticationFailed, "A repository over ssh takes a credential of type ssh, with knownHosts."),
            (_, GitKey) => throw new StateStoreException(StoreFault.AuthenticationFailed, "A credential of type ssh opens nothing over https; use one of type token."),
            _ => new HttpRemote(url, addresses, (GitToken?)credential, options.Proxies),
        };
    }

    internal static bool IsLiteral(string host, [NotNullWhen(true)] out IPAddress? address) => IPAddress.TryParse(host.Trim('[', ']'), out address);

    private async Task<(RemoteUrl Url, IPAddress[] Addresses)> JudgeAsync(string text, CancellationToken cancellationToken)
    {
        if (!RemoteUrl.TryParse(text, out var url)) throw Refused("The URL of the repository is not a plain https or ssh URL.");
        if (url.IsFile) return options.AllowLocal ? (url, []) : throw Refused("A file:// repository is only allowed where local stores are.");
        if (url.Scheme == "http" && !options.AllowLocal) throw Refused("Plain http is only allowed where local stores are; use https.");
        return (url, await AddressesAsync(url, cancellationToken));
    }

    private async Task<IPAddress[]> AddressesAsync(RemoteUrl url, CancellationToken cancellationToken)
    {
        var host = url.Host;
        var addresses = IsLiteral(host, out var address) ? [address] : await ResolveAsync(host, options.Proxies.Cover(url.Scheme), cancellationToken);
        if (addresses.Any(AddressRules.IsForbidden)) throw Refused($"The host {host} has a link-local, metadata, multicast or reserved address.");
        if (!options.AllowLocal && addresses.Any(AddressRules.IsLoopback)) throw Refused($"The host {host} is this machine, which is only allowed where local stores are.");
        return addresses;
    }

    /// <param name="proxied">Behind a proxy names may mean nothing here: then it is the proxy that looks them up, and decides where they lead.</param>
    private async Task<IPAddress[]> ResolveAsync(string host, bool proxied, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Resolve(host, cancellationToken).WaitAsync(proxied ? ResolvingForProxy : Resolving, cancellationToken);
            return addresses.Length > 0 || proxied ? addresses : throw Unresolved(host, null);
        }
        catch (Exception failed) when (failed is SocketException or TimeoutException or ArgumentException)
        {
            return proxied ? [] : throw Unresolved(host, failed);
        }
    }

    private static StateStoreException Refused(string message) => new(StoreFault.AddressRefused, message);

    private static StateStoreException Unresolved(string host, Exception? inner) => new(StoreFault.Unreachable, $"Could not resolve host {host}.", inner);
}
