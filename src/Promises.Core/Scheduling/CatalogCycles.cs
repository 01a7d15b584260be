using Promises.Model;

namespace Promises.Scheduling;

/// <param name="Field"><c>requires</c> or <c>includes</c>.</param>
/// <param name="Path">The Promises along it; it begins and ends with the same one.</param>
public sealed record Cycle(string Field, IReadOnlyList<string> Path);

/// <summary>Finds cycles of <c>requires</c>, and of <c>includes</c>; the two are looked at apart, so a composite may include and require the same member.</summary>
public static class CatalogCycles
{
    /// <summary>The shortest cycle through a Promise among the pins of an environment; null if there is none.</summary>
    public static Cycle? Find(FleetSnapshot snapshot, string environment, string promise)
    {
        var pins = snapshot.PinsIn(environment);
        return Find("requires", revision => revision.Requires) ?? Find("includes", revision => revision.Includes);

        Cycle? Find(string field, Func<RevisionState, IReadOnlyList<PromiseReference>> entries) =>
            Path(promise, name => pins.Find(name) is { } pin ? entries(pin.Revision).Select(entry => entry.Promise).Order(StringComparer.Ordinal) : []) is { } path
                ? new Cycle(field, path)
                : null;
    }

    private static List<string>? Path(string start, Func<string, IEnumerable<string>> next)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var reached = new Queue<string>([start]);
        while (reached.TryDequeue(out var at))
        {
            foreach (var target in next(at))
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
