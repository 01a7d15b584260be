namespace Promises.Server.Features.Fleet;

/// <summary>What a write needs to know of repositories that takes time to find out: asked for while it is made, and found out before it is made again, without the fleet lock.</summary>
internal sealed class Lookups
{
    private readonly Dictionary<string, string?> _refusals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>URLs that were asked for and are not known.</summary>
    public IReadOnlyCollection<string> Open => _open;

    /// <param name="refusal">Why it is not one we go to; null if it is.</param>
    /// <returns>Whether that is known by now.</returns>
    public bool TryFind(string url, out string? refusal)
    {
        if (_refusals.TryGetValue(url, out refusal)) return true;
        _open.Add(url);
        return false;
    }

    public void Found(string url, string? refusal)
    {
        _refusals[url] = refusal;
        _open.Remove(url);
    }
}
