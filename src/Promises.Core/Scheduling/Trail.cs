namespace Promises.Scheduling;

internal enum TouchKind { Cluster, Environment, Pin, Promise }

/// <summary>One step from a snapshot to the next, in terms of what decisions depend on.</summary>
/// <param name="Promise">The Promise of a touched pin; <paramref name="Name"/> is then its environment.</param>
internal sealed record Touch(TouchKind Kind, string Name, string? Promise = null);

/// <summary>
/// The steps that led to a snapshot, newest first, so that the difference between two of them needs no comparison of whole fleets. Bounded: what is
/// older is forgotten, and then everything counts as changed.
/// </summary>
internal sealed class Trail
{
    private const int MaxLength = 100_000;

    private readonly Touch? _touch;
    private readonly Trail? _previous;
    private readonly int _length;

    private Trail(Touch? touch, Trail? previous, int length) => (_touch, _previous, _length) = (touch, previous, length);

    public static Trail Start() => new(null, null, 0);

    public Trail Then(Touch touch) => new(touch, _length == MaxLength ? null : this, _length == MaxLength ? 0 : _length + 1);

    /// <summary>What was touched since an earlier trail; null if that is not known any more.</summary>
    public IReadOnlyList<Touch>? Since(Trail earlier)
    {
        var touches = new List<Touch>();
        for (var trail = this; trail is not null; trail = trail._previous)
        {
            if (ReferenceEquals(trail, earlier)) return touches;
            if (trail._touch is null) return null;
            touches.Add(trail._touch);
        }

        return null;
    }
}
