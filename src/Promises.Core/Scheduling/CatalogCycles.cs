using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Finds cycles of <c>requires</c>, and of <c>includes</c>; the two are looked at apart, so a composite may include and require the same member.</summary>
public static class CatalogCycles
{
    /// <summary>The Promises along a cycle, its first one repeated at the end; null if there is none.</summary>
    public static IReadOnlyList<string>? Find(IEnumerable<RevisionState> revisions)
    {
        var all = revisions.OrderBy(revision => revision.Promise, StringComparer.Ordinal).ToList();
        return Find(all, revision => revision.Requires) ?? Find(all, revision => revision.Includes);
    }

    /// <summary>The cycle that the revision would close if it were pinned in an environment, with the other pins there as they are; null if none.</summary>
    public static IReadOnlyList<string>? Find(FleetSnapshot snapshot, string environment, RevisionState revision) =>
        Find(snapshot.PinsIn(environment).All.Select(pin => pin.Revision).Where(pinned => pinned.Promise != revision.Promise).Append(revision));

    private static List<string>? Find(List<RevisionState> revisions, Func<RevisionState, IReadOnlyList<PromiseReference>> edges)
    {
        var next = revisions.GroupBy(revision => revision.Promise, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.SelectMany(edges).Select(entry => entry.Promise).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in next.Keys)
        {
            // By hand, not by recursion: a chain may be as long as the catalogue.
            var path = new List<(string Promise, int Next)> { (start, 0) };
            while (path.Count > 0)
            {
                var (promise, at) = path[^1];
                if (done.Contains(promise) || !next.TryGetValue(promise, out var targets) || at == targets.Count)
                {
                    done.Add(promise);
                    path.RemoveAt(path.Count - 1);
                    continue;
                }

                path[^1] = (promise, at + 1);
                var loop = path.FindIndex(step => step.Promise == targets[at]);
                if (loop >= 0) return [.. path.Skip(loop).Select(step => step.Promise), targets[at]];
                path.Add((targets[at], 0));
            }
        }

        return null;
    }
}
