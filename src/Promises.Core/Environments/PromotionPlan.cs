using Promises.Model;
using Promises.Model.Documents;
using Promises.Scheduling;

namespace Promises.Environments;

/// <summary>Which pins a promotion moves: those of the chosen Promises, from one rung to the one right above.</summary>
public static class PromotionPlan
{
    /// <returns>The moves by Promise, without pins that are there already; or why it is refused.</returns>
    public static Outcome<IReadOnlyList<PinMove>> Of(FleetSnapshot snapshot, PromotionSpec spec)
    {
        var errors = CheckRungs(snapshot.Ladder, spec);
        if (errors.Count == 0) errors.AddRange(CheckPromises(snapshot, spec));
        if (errors.Count > 0) return new Failure.Invalid("Promotion", errors);

        var (from, to) = (snapshot.PinsOf(spec.From), snapshot.PinsOf(spec.To));
        var moves = (spec.All ? from.Keys : spec.Promises).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(promise => new PinMove(promise, to.TryGetValue(promise, out var old) ? old : null, from[promise]))
            .Where(move => move.From != move.To)
            .ToList();
        var missing = Missing(snapshot, moves, to);
        return missing.Count > 0 ? new Failure.PromotionIncomplete(spec.To, missing) : moves;
    }

    private static List<FieldError> CheckRungs(IReadOnlyList<EnvironmentState> ladder, PromotionSpec spec)
    {
        var errors = new List<FieldError>();
        foreach (var (pointer, name) in new[] { ("/spec/from", spec.From), ("/spec/to", spec.To) })
        {
            if (ladder.Any(rung => rung.Name == name)) continue;
            errors.Add(new FieldError(pointer, name, Rules.UnknownEnvironment, $"Use one of {string.Join(", ", ladder.Select(rung => rung.Name))}."));
        }

        if (errors.Count > 0 || Ladder.Above(ladder, spec.From)?.Name == spec.To) return errors;
        errors.Add(new FieldError(
            "/spec/to", spec.To, Rules.NotNeighbours,
            Ladder.Above(ladder, spec.From) is { } above
                ? $"Promote from {spec.From} to {above.Name}, the rung right above it."
                : $"{spec.From} is the last rung; nothing is promoted from it."));
        return errors;
    }

    private static IEnumerable<FieldError> CheckPromises(FleetSnapshot snapshot, PromotionSpec spec) => spec.Promises
        .Select((promise, index) => (promise, index))
        .Where(item => !snapshot.PinsOf(spec.From).ContainsKey(item.promise))
        .Select(item => new FieldError(
            $"/spec/promises/{item.index}", item.promise, Rules.UnknownPromise,
            snapshot.HasPromise(item.promise) ? $"{item.promise} has no pin in {spec.From}; promote it to there first." : $"There is no Promise {item.promise}."));

    /// <summary>What the moved revisions include or require and the target would not have.</summary>
    private static List<string> Missing(FleetSnapshot snapshot, List<PinMove> moves, IReadOnlyDictionary<string, int> to)
    {
        var pinned = to.Keys.Concat(moves.Select(move => move.Promise)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. moves.Select(move => snapshot.FindRevision(move.Promise, move.To)).OfType<RevisionState>()
                .SelectMany(revision => revision.Includes.Concat(revision.Requires))
                .Select(entry => entry.Promise).Where(promise => !pinned.Contains(promise))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }
}
