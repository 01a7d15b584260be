using Promises.Manifests;

namespace Promises.Scheduling;

/// <summary>Something that two placements on one cluster may not both have: an object, or a capability that one of them wants for itself.</summary>
/// <param name="Capability">Its name; null for an object.</param>
internal readonly record struct ClaimKey(ObjectIdentity Object, string? Capability)
{
    public override string ToString() => Capability ?? Object.ToString();
}

/// <summary>Which Promises have revisions with a claim. One instance per claim within a catalogue, so it is compared by reference.</summary>
internal sealed class ClaimUse(ClaimKey key, IReadOnlyList<(string Promise, int Revisions, int Exclusive)> users)
{
    public ClaimKey Key { get; } = key;

    public int Users => users.Count;

    /// <summary>Whether two Promises could ever meet over it. A claim that is not contested costs nothing on any cluster.</summary>
    public bool Contested { get; } = users.Count > 1 && (key.Capability is null || users.Any(user => user.Exclusive > 0));

    public ClaimUse Count(string promise, bool exclusive, int by)
    {
        var changed = new List<(string Promise, int Revisions, int Exclusive)>(users);
        var at = changed.FindIndex(user => user.Promise == promise);
        var (revisions, exclusives) = at < 0 ? (0, 0) : (changed[at].Revisions, changed[at].Exclusive);
        if (at >= 0) changed.RemoveAt(at);
        if (revisions + by > 0) changed.Add((promise, revisions + by, exclusives + (exclusive ? by : 0)));
        return new ClaimUse(Key, changed);
    }
}

/// <summary>A contested claim of one revision.</summary>
/// <param name="Exclusive">True for objects; of a capability, whether the revision wants it for itself.</param>
internal readonly record struct Contest(ClaimUse Use, bool Exclusive)
{
    public bool Conflicts(bool other) => Exclusive || other;
}
