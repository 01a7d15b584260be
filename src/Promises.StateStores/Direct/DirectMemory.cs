namespace Promises.StateStores;

/// <summary>What is known of repositories that are pushed to without git: what their hosts can do, and which of them are left to git for a while.</summary>
internal sealed class DirectMemory(TimeProvider time)
{
    /// <summary>How long git does it after something went wrong.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (PushCapabilities? Capabilities, long FailedAt)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether it is to be pushed to without git now.</summary>
    public bool Allows(string url)
    {
        lock (_gate) return !_known.TryGetValue(url, out var known) || known.Capabilities is not null || time.GetElapsedTime(known.FailedAt) >= Rest;
    }

    /// <summary>Null where the host has to be asked.</summary>
    public PushCapabilities? Of(string url)
    {
        lock (_gate) return _known.GetValueOrDefault(url).Capabilities;
    }

    public void Learned(string url, PushCapabilities capabilities) => Set(url, (capabilities, 0));

    public void Failed(string url) => Set(url, (null, time.GetTimestamp()));

    private void Set(string url, (PushCapabilities? Capabilities, long FailedAt) known)
    {
        lock (_gate)
        {
            // To forget costs a question, or a failure that was seen before.
            if (_known.Count >= Most && !_known.ContainsKey(url)) _known.Clear();
            _known[url] = known;
        }
    }
}
