using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Promises.StateStores;

/// <param name="addresses">Of the host; none where only a proxy can tell them.</param>
internal sealed class HttpRemote(RemoteUrl url, IReadOnlyList<IPAddress> addresses, GitToken? credential, ProxySettings proxies) : RemoteAccess(url)
{
    private readonly RemoteUrl _url = url;

    public override IEnumerable<string> Secrets =>
    [
        .. proxies.Secrets,
        .. credential is null ? (string[])[] : [credential.Token, Uri.EscapeDataString(credential.Token), Basic],
    ];

    /// <summary>For a push without git; null where there may be a proxy on the way, which curl knows better.</summary>
    public DirectHost? Direct => addresses.Count == 0 || (proxies.Cover(_url.Scheme) && !IsHere) ? null : new DirectHost(
        new Uri(_url.Text.EndsWith('/') ? _url.Text : _url.Text + "/"), addresses, credential is null ? null : $"Basic {Basic}", credential?.CaCertificate);

    // A proxy's loopback is not ours.
    private bool IsHere => addresses.Any(AddressRules.IsLoopback);

    public override RemoteSettings Prepare(PrivateFiles files)
    {
        var settings = new List<(string, string)>();
        // An address needs no looking up.
        if (addresses.Count > 0 && !AddressGuard.IsLiteral(_url.Host, out _))
        {
            var pinned = string.Join(',', addresses.Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{a}]" : a.ToString()));
            settings.Add(("http.curloptResolve", string.Create(CultureInfo.InvariantCulture, $"{_url.Host}:{_url.Port}:{pinned}")));
        }

        if (credential is not null)
        {
            // Bound to the URL: it goes to this host and to no other.
            settings.Add(($"http.{_url.Text}.extraHeader", $"Authorization: Basic {Basic}"));
            if (credential.CaCertificate is { } authorities)
            {
                var file = files.Write("authorities.pem", authorities);
                settings.Add(($"http.{_url.Text}.sslCAInfo", file));
                // Some builds of curl look into the directory of the machine's authorities as well.
                settings.Add(($"http.{_url.Text}.sslCAPath", Path.GetDirectoryName(file)!));
            }
        }

        return new RemoteSettings(settings, IsHere ? [] : proxies.Variables);
    }

    private string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential!.Username}:{credential.Token}"));
}
