using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Promises.StateStores;

/// <summary>An admitted remote: where it is, at which addresses, and with what credential.</summary>
internal sealed class RemoteAccess(RemoteUrl url, IReadOnlyList<IPAddress> addresses, GitCredential? credential)
{
    public string Url => url.Text;

    public string Scheme => url.Scheme;

    public bool IsFile => url.IsFile;

    /// <summary>What must not be seen in any text.</summary>
    public IEnumerable<string> Secrets => credential is null ? [] : [credential.Token, Uri.EscapeDataString(credential.Token), Basic];

    /// <summary>Handed over in the environment: arguments can be read by every user of the machine.</summary>
    public IEnumerable<(string Key, string Value)> Settings
    {
        get
        {
            if (addresses.Count > 0)
            {
                var pinned = string.Join(',', addresses.Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{a}]" : a.ToString()));
                yield return ("http.curloptResolve", string.Create(CultureInfo.InvariantCulture, $"{url.Host}:{url.Port}:{pinned}"));
            }

            // Bound to the URL: it goes to this host and to no other.
            if (credential is not null && !url.IsFile) yield return ($"http.{url.Text}.extraHeader", $"Authorization: Basic {Basic}");
        }
    }

    private string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential!.Username}:{credential.Token}"));
}
