using Promises.Model.Documents;

namespace Promises.Server.Reconciling;

/// <summary>Bounds how many stores of one Git host are written at a time, so that one that hangs never holds up the others. A store that finds no room waits for a slot to come free.</summary>
internal sealed class HostSlots
{
    private const int PerHost = 4;

    /// <summary>Embedded stores and local repositories: work of this machine, and no waiting.</summary>
    private const int Local = 8;

    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();

    public static string HostOf(string? url) => url is not null && GitUrl.Endpoint(url) is { } end ? $"{end.Host}:{end.Port}" : "";

    /// <summary>False if there is no room; then the store is answered by a later <see cref="Leave"/>.</summary>
    public bool TryEnter(string name, string store)
    {
        lock (_gate)
        {
            if (!_hosts.TryGetValue(name, out var host)) _hosts.Add(name, host = new Host());
            if (host.Busy < (name.Length == 0 ? Local : PerHost))
            {
                host.Busy++;
                return true;
            }

            if (!host.Waiting.Contains(store)) host.Waiting.Enqueue(store);
            return false;
        }
    }

    /// <returns>A store that waited for this and is to be looked at again; null if none did.</returns>
    public string? Leave(string name)
    {
        lock (_gate)
        {
            var host = _hosts[name];
            host.Busy--;
            if (host.Waiting.TryDequeue(out var next)) return next;
            if (host.Busy == 0) _hosts.Remove(name);
            return null;
        }
    }

    private sealed class Host
    {
        public int Busy { get; set; }

        public Queue<string> Waiting { get; } = new();
    }
}
