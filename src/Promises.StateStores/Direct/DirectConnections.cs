using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Promises.StateStores;

/// <summary>Connections that are kept open between pushes, apart for each repository, credential and set of addresses.</summary>
internal sealed class DirectConnections(GitOptions options) : IDisposable
{
    private const int Most = 1024;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly Lock _gate = new();
    private readonly Dictionary<DirectHost, Entry> _entries = [];
    private long _turn;

    /// <summary>Given back with <see cref="Return"/>; one that is in use is not closed.</summary>
    public HttpMessageInvoker Rent(DirectHost host)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(host, out var entry))
            {
                if (_entries.Count >= Most) Evict();
                _entries.Add(host, entry = new Entry(Open(host)));
            }

            entry.Users++;
            entry.Turn = ++_turn;
            return entry.Invoker;
        }
    }

    public void Return(DirectHost host)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(host, out var entry)) entry.Users--;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Values) entry.Invoker.Dispose();
            _entries.Clear();
        }
    }

    private void Evict()
    {
        var idle = _entries.Where(one => one.Value.Users == 0).OrderBy(one => one.Value.Turn).FirstOrDefault();
        if (idle.Value is null) return;
        idle.Value.Invoker.Dispose();
        _entries.Remove(idle.Key);
    }

    private HttpMessageInvoker Open(DirectHost host) => new(new SocketsHttpHandler
    {
        // Whatever would send it somewhere else, or twice, is for git to say.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = options.SilenceLimit,
        PooledConnectionIdleTimeout = Idle,
        PooledConnectionLifetime = Lifetime,
        MaxConnectionsPerServer = 4,
        ConnectCallback = (context, token) => ConnectAsync(host.Addresses, context.DnsEndPoint.Port, token),
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(host.Authorities) },
    });

    /// <summary>Not by the name, which may mean another host by now.</summary>
    private static async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>As curl trusts: nothing is asked of anybody, since a certificate may name any address for that.</summary>
    private static X509ChainPolicy Trust(string? authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        if (authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.ImportFromPem(authorities);
        return policy;
    }

    private sealed class Entry(HttpMessageInvoker invoker)
    {
        public HttpMessageInvoker Invoker => invoker;

        public int Users { get; set; }

        public long Turn { get; set; }
    }
}
