using Promises.Manifests;

namespace Promises.Scheduling;

/// <summary>What one change does to the objects on its cluster.</summary>
/// <param name="Removed">Sorted by ordinal.</param>
internal readonly record struct ObjectChanges(int Added, int Changed, IReadOnlyList<ObjectIdentity> Removed)
{
    public static ObjectChanges Of(PlacementChange change, FleetSnapshot before, FleetSnapshot after)
    {
        var (had, has) = (Objects(change.Before, before, after), Objects(change.After, after, before));
        if (ReferenceEquals(had, has)) return new ObjectChanges(0, 0, []);
        if (had.Count == 0) return new ObjectChanges(has.Count, 0, []);

        var left = had.ToDictionary(item => item.Identity, item => item.Digest);
        var (added, changed) = (0, 0);
        foreach (var item in has)
        {
            if (!left.Remove(item.Identity, out var digest)) added++;
            else if (digest != item.Digest) changed++;
        }

        return new ObjectChanges(added, changed, [.. left.Keys.OrderBy(identity => identity.ToString(), StringComparer.Ordinal)]);
    }

    private static IReadOnlyList<ManifestObject> Objects(PlacementState? placement, FleetSnapshot first, FleetSnapshot second) =>
        first.ObjectsOf(placement) is { Count: > 0 } objects ? objects : second.ObjectsOf(placement);
}
