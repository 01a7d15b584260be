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

    public bool Has(StateStore store, string branch, string head) =>
        _places.TryGetValue(store.Name, out var place) && place.Is(store) && place.Tips.TryGetValue(branch, out var tip) && tip == head;

    public void Add(string store, string? url, string pattern, string branch, string commit)
    {
        var place = _places.AddOrUpdate(store, _ => new Place(url, pattern), (_, known) => known.Url == url && known.Pattern == pattern ? known : new Place(url, pattern));
        place.Tips[branch] = commit;
    }

    public void Forget(string store) => _places.TryRemove(store, out _);

    private sealed record Place(string? Url, string Pattern)
    {
        public ConcurrentDictionary<string, string> Tips { get; } = new(StringComparer.Ordinal);

        public bool Is(StateStore store) => Url == store.Url && Pattern == store.Branch;
    }
}
