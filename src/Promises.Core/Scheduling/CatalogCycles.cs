using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Finds cycles of <c>requires</c>, and of <c>includes</c>; the two are looked at apart, so a composite may include and require the same member.</summary>
public static class CatalogCycles
{
    /// <summary>
    /// The shortest cycle that a revision closes where it is pinned in an environment, with the other pins there as they are: the Promises along it,
    /// its own at both ends. Null if there is none.
    /// </summary>
    public static IReadOnlyList<string>? Find(FleetSnapshot snapshot, string environment, RevisionState revision)
    {
        var pins = snapshot.PinsIn(environment);
        return Path(revision.Promise, name => Entries(name)?.Requires) ?? Path(revision.Promise, name => Entries(name)?.Includes);

        RevisionState? Entries(string name) => name == revision.Promise ? revision : pins.Find(name)?.Revision;
    }

    private static List<string>? Path(string start, Func<string, IReadOnlyList<PromiseReference>?> next)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var reached = new Queue<string>([start]);
        while (reached.TryDequeue(out var at))
        {
            foreach (var target in (next(at) ?? []).Select(entry => entry.Promise).Order(StringComparer.Ordinal))
            {
                if (target == start) return [.. Back(cameFrom, start, at).Reverse(), start];
                if (cameFrom.TryAdd(target, at)) reached.Enqueue(target);
            }
        }

        return null;
    }

    private static IEnumerable<string> Back(Dictionary<string, string> cameFrom, string start, string at)
    {
        for (; at != start; at = cameFrom[at]) yield return at;
        yield return start;
    }
}
