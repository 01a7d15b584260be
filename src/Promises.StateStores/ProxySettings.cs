namespace Promises.StateStores;

/// <summary>The proxies that the environment of the server names, for repositories over http and https.</summary>
public sealed class ProxySettings
{
    private static readonly string[] Names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

    private readonly Dictionary<string, string> _values = [];

    /// <param name="read">Reads a variable of the environment.</param>
    public ProxySettings(Func<string, string?> read)
    {
        foreach (var name in Names)
        {
            // As curl does. It reads http_proxy in lower case only, since a web server would let clients set the other; nobody sets ours.
            if ((read(name) ?? read(name.ToUpperInvariant())) is { Length: > 0 } value) _values.Add(name, value);
        }
    }

    public static ProxySettings None { get; } = new(_ => null);

    internal IReadOnlyList<(string Name, string Value)> Variables => [.. _values.Select(pair => (pair.Key, pair.Value))];

    /// <summary>Passwords of proxies.</summary>
    internal IEnumerable<string> Secrets => _values.Where(pair => pair.Key != "no_proxy")
        .Select(pair => Uri.TryCreate(pair.Value, UriKind.Absolute, out var proxy) ? proxy.UserInfo : "")
        .SelectMany(user => user.Split(':', 2).Skip(1)).SelectMany(secret => (string[])[secret, Uri.UnescapeDataString(secret)]);

    /// <summary>Whether there may be one on the way; which hosts are exempt is for curl to say.</summary>
    internal bool Cover(string scheme) => _values.ContainsKey(scheme + "_proxy") || _values.ContainsKey("all_proxy");
}
