using System.Collections.Concurrent;
using Promises.Model;

namespace Promises.Server.Reconciling;

/// <summary>
/// Branches that this process has seen where the rows have them. One that was moved by others since then shows at the push; one whose row was moved since then, by
/// another process, has to be looked at again.
/// </summary>
internal sealed class SeenBranches
{
    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>Whether the repository was reached, whatever branches it has.</summary>
    public bool Knows(StateStore store) => _places.TryGetValue(store.Name, out var place) && place.Is(store);

    public bool Has(StateStore store, string branch, string head) =>
        _places.TryGetValue(store.Name, out var place) && place.Is(store) && place.Tips.TryGetValue(branch, out var tip) && tip == head;

    public void Add(string store, string? url, string pattern, string branch, string commit) => Find(store, url, pattern).Tips[branch] = commit;

    public void Add(StateStore store) => Find(store.Name, store.Url, store.Branch);

    public void Forget(string store) => _places.TryRemove(store, out _);

    private Place Find(string store, string? url, string pattern) =>
        _places.AddOrUpdate(store, _ => new Place(url, pattern), (_, known) => known.Url == url && known.Pattern == pattern ? known : new Place(url, pattern));

    private sealed record Place(string? Url, string Pattern)
    {
        public ConcurrentDictionary<string, string> Tips { get; } = new(StringComparer.Ordinal);

        public bool Is(StateStore store) => Url == store.Url && Pattern == store.Branch;
    }
}
