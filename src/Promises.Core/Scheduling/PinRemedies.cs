using Promises.Environments;
using Promises.Model;

namespace Promises.Scheduling;

/// <summary>The promotions, one for each step of the ladder, by which a Promise gets a pin, or a fitting one.</summary>
internal static class PinRemedies
{
    /// <summary>What would pin a Promise that has no pin for the cluster.</summary>
    public static void Add(Cure cure, FleetSnapshot snapshot, string promise)
    {
        var target = cure.Cluster.Environment;
        if (Ladder.StepTo(snapshot, target, promise) is not { } step)
        {
            cure.Advise($"Publish {promise}: no environment up to {target} pins it.");
            return;
        }

        var (from, to) = (step.From.Name, step.To.Name);
        while (true)
        {
            if (Promote(cure, snapshot, from, to, promise) is not { } promoted || to == target) return;
            (snapshot, from, to) = (promoted, to, Ladder.Above(snapshot.Ladder, to)!.Name);
        }
    }

    /// <summary>What would make the pin fit one of these ranges: the pin of the rung below, where that does.</summary>
    public static bool TryFit(Cure cure, FleetSnapshot snapshot, string promise, IEnumerable<PromiseReference> entries)
    {
        var below = Ladder.Below(snapshot.Ladder, cure.Cluster.Environment)?.Name;
        if (below is null || !snapshot.PinsOf(below).TryGetValue(promise, out var number) || snapshot.FindRevision(promise, number) is not { } revision) return false;
        if (!entries.Any(entry => revision.Satisfies(entry.Range))) return false;
        Promote(cure, snapshot, below, cure.Cluster.Environment, promise);
        return true;
    }

    /// <summary>A promotion needs all that the promoted include and require; answers the snapshot after it, null where one of them is not to be had.</summary>
    private static FleetSnapshot? Promote(Cure cure, FleetSnapshot snapshot, string from, string to, string promise)
    {
        var (lower, upper) = (snapshot.PinsOf(from), snapshot.PinsOf(to));
        var promoted = new SortedSet<string>(StringComparer.Ordinal) { promise };
        var open = new Queue<string>([promise]);
        while (open.TryDequeue(out var name))
        {
            if (!lower.TryGetValue(name, out var number) || snapshot.FindRevision(name, number) is not { } revision)
            {
                cure.Advise($"Promote {name} to {from} first: {promise} needs it in {to}.");
                return null;
            }

            foreach (var needed in revision.Includes.Concat(revision.Requires).Select(entry => entry.Promise).Where(needed => !upper.ContainsKey(needed)))
            {
                if (promoted.Add(needed)) open.Enqueue(needed);
            }
        }

        var names = new[] { promise }.Concat(promoted.Where(name => name != promise)).ToList();
        cure.Promote(from, to, names, lower);
        return names.Aggregate(snapshot, (fleet, name) => fleet.WithPin(to, name, lower[name]));
    }
}
