namespace Promises.StateStores;

/// <summary>
/// Commits and trees by their ids, of all repositories. An object never changes, so what is here is never stale; what was not used for the longest
/// time goes when there is too much.
/// </summary>
/// <param name="limit">In bytes.</param>
internal sealed class ObjectCache(long limit)
{
    /// <summary>What keeping one takes beside its content, about.</summary>
    private const int Overhead = 300;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<GitObject>> _places = new(StringComparer.Ordinal);
    private readonly LinkedList<GitObject> _byUse = new();
    private long _size;

    public GitObject? Find(string id)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(id, out var place)) return null;
            _byUse.Remove(place);
            _byUse.AddFirst(place);
            return place.Value;
        }
    }

    public void Add(GitObject one)
    {
        lock (_gate)
        {
            if (_places.ContainsKey(one.Id)) return;
            _places.Add(one.Id, _byUse.AddFirst(one));
            _size += Size(one);
            for (; _size > limit && _byUse.Last is { } oldest; _size -= Size(oldest.Value))
            {
                _byUse.Remove(oldest);
                _places.Remove(oldest.Value.Id);
            }
        }
    }

    private static int Size(GitObject one) => one.Content.Length + Overhead;
}
