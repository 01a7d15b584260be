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
    private readonly ConcurrentDictionary<string, SuspectBranches> _suspects = new(StringComparer.Ordinal);

    /// <summary>Where a branch of a store is was learned anew.</summary>
    public event Action<string>? Learned;

    /// <summary>Whether the repository was reached, whatever branches it has.</summary>
    public bool Knows(StateStore store) => _places.TryGetValue(store.Name, out var place) && place.Is(store);

    public bool Has(StateStore store, string branch, string head) =>
        _places.TryGetValue(store.Name, out var place) && place.Is(store) && place.Tips.TryGetValue(branch, out var tip) && tip == head;

    public void Add(string store, string? url, string pattern, string branch, string commit)
    {
        Find(store, url, pattern).Tips[branch] = commit;
        Learned?.Invoke(store);
    }

    public void Add(StateStore store) => Find(store.Name, store.Url, store.Branch);

    /// <summary>The next visit looks, whatever it has to write.</summary>
    public void Forget(string store) => _places.TryRemove(store, out _);

    /// <summary>The next visit looks at all branches of the store. Without it, where there are many, it looks at those only that it has to write.</summary>
    public void SuspectAll(string store) => Suspect(store, new SuspectBranches(true, new HashSet<string>()));

    /// <summary>The next visit looks at these branches of a store that has many.</summary>
    public void Suspect(string store, IEnumerable<string> branches) => Suspect(store, new SuspectBranches(false, branches.ToHashSet(StringComparer.Ordinal)));

    public SuspectBranches TakeSuspects(string store) => _suspects.TryRemove(store, out var suspects) ? suspects : SuspectBranches.None;

    private void Suspect(string store, SuspectBranches suspects)
    {
        _suspects.AddOrUpdate(store, suspects, (_, known) => new SuspectBranches(known.All || suspects.All, new HashSet<string>(known.Some.Concat(suspects.Some), StringComparer.Ordinal)));
        Forget(store);
    }

    private Place Find(string store, string? url, string pattern) =>
        _places.AddOrUpdate(store, _ => new Place(url, pattern), (_, known) => known.Url == url && known.Pattern == pattern ? known : new Place(url, pattern));

    private sealed record Place(string? Url, string Pattern)
    {
        public ConcurrentDictionary<string, string> Tips { get; } = new(StringComparer.Ordinal);

        public bool Is(StateStore store) => Url == store.Url && Pattern == store.Branch;
    }
}

/// <param name="All">Any branch of the store.</param>
internal sealed record SuspectBranches(bool All, IReadOnlySet<string> Some)
{
    public static SuspectBranches None { get; } = new(false, new HashSet<string>());
}
