namespace Promises.Model;

/// <summary>What every object that a client writes has in common.</summary>
public abstract class FleetObject
{
    public string Name { get; protected set; } = "";

    public Guid Uid { get; protected set; }

    /// <summary>Counts changes of the spec.</summary>
    public long Generation { get; protected set; }

    /// <summary>Number of the last change that touched metadata or spec; shown as <c>resourceVersion</c> and ETag.</summary>
    public long ResourceVersion { get; protected set; }

    public IReadOnlyDictionary<string, string> Labels { get; protected set; } = NoLabels;

    public IReadOnlyDictionary<string, string> Annotations { get; protected set; } = NoLabels;

    public DateTimeOffset CreatedAt { get; protected set; }

    protected static IReadOnlyDictionary<string, string> NoLabels { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Called once by factories.</summary>
    protected void Begin(ObjectMeta meta, Stamp stamp)
    {
        (Name, Uid, Generation, CreatedAt) = (meta.Name, stamp.NewUid, 1, stamp.At);
        (Labels, Annotations, ResourceVersion) = (meta.Labels, meta.Annotations, stamp.Change);
    }

    /// <summary>Takes over labels and annotations. Answers whether anything, here or in the spec, changed.</summary>
    protected bool Update(ObjectMeta meta, bool specChanged, Stamp stamp)
    {
        var metaChanged = !Same(Labels, meta.Labels) || !Same(Annotations, meta.Annotations);
        if (!metaChanged && !specChanged) return false;

        (Labels, Annotations, ResourceVersion) = (meta.Labels, meta.Annotations, stamp.Change);
        if (specChanged) Generation++;
        return true;
    }

    /// <summary>The object was touched by a change that is not an edit of its own, such as a moved pin.</summary>
    protected void Touch(Stamp stamp) => ResourceVersion = stamp.Change;

    private static bool Same(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
}

/// <summary>What the outside world contributes to an edit: the number of the change, the time, and an identity for a new object.</summary>
public readonly record struct Stamp(long Change, DateTimeOffset At, Guid NewUid);

/// <summary>Name, labels and annotations as a client sent them, validated. Dictionaries are sorted by ordinal.</summary>
/// <param name="ResourceVersion">The precondition in the body, if there is one.</param>
public sealed record ObjectMeta(
    string Name,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    string? ResourceVersion = null);
