using Promises.Model;
using Promises.Scheduling;

namespace Promises.Environments;

/// <summary>Rules of the ladder: positions are distinct, internal rungs lie below external ones, and there is one of each audience.</summary>
public static class Ladder
{
    /// <summary>What is wrong with one rung among the others; empty if nothing is.</summary>
    /// <param name="ladder">All rungs, the one in question included.</param>
    public static IReadOnlyList<FieldError> Check(IReadOnlyList<EnvironmentState> ladder, string name)
    {
        if (ladder.FirstOrDefault(rung => rung.Name == name) is not { } rung) return [];
        var errors = new List<FieldError>();
        var others = ladder.Where(other => other.Name != name).ToList();
        if (others.Find(other => other.Position == rung.Position) is { } same)
        {
            errors.Add(new FieldError(
                "/spec/position", Text(rung.Position), Rules.Ladder, $"Environment {same.Name} has position {Text(same.Position)}; every environment needs its own."));
        }

        var (highestInternal, lowestExternal) = (others.FindLast(IsInternal), others.Find(other => !IsInternal(other)));
        if (IsInternal(rung) && lowestExternal is not null && rung.Position > lowestExternal.Position)
        {
            errors.Add(new FieldError(
                "/spec/position", Text(rung.Position), Rules.Ladder,
                $"Internal environments lie below external ones: use a position below {Text(lowestExternal.Position)}, that of {lowestExternal.Name}."));
        }

        if (!IsInternal(rung) && highestInternal is not null && rung.Position < highestInternal.Position)
        {
            errors.Add(new FieldError(
                "/spec/position", Text(rung.Position), Rules.Ladder,
                $"External environments lie above internal ones: use a position above {Text(highestInternal.Position)}, that of {highestInternal.Name}."));
        }

        foreach (var audience in new[] { Audience.Internal, Audience.External }.Where(audience => !ladder.Any(one => one.Audience == audience)))
        {
            var missing = audience.ToString().ToLowerInvariant();
            errors.Add(new FieldError(
                "/spec/audience", rung.Audience.ToString().ToLowerInvariant(), Rules.Ladder, $"A fleet needs an {missing} environment, and no other one is: create another one first."));
        }

        return errors;
    }

    /// <summary>The rung right below; null for the first one and for an unknown one.</summary>
    public static EnvironmentState? Below(IReadOnlyList<EnvironmentState> ladder, string name) => Neighbour(ladder, name, -1);

    /// <summary>The rung right above; null for the last one and for an unknown one.</summary>
    public static EnvironmentState? Above(IReadOnlyList<EnvironmentState> ladder, string name) => Neighbour(ladder, name, 1);

    /// <summary>The pins that a new rung starts with: those of the rung above it, so that nothing climbs backwards; on top, none.</summary>
    public static IReadOnlyDictionary<string, int> PinsOfNewRung(FleetSnapshot snapshot, string name) =>
        Above(snapshot.Ladder, name) is { } above ? snapshot.PinsOf(above.Name) : new Dictionary<string, int>();

    /// <summary>
    /// The first step that has to be made for a Promise to get a pin in an environment: from the nearest rung below that has one, to the rung above that.
    /// Null if no rung below has one.
    /// </summary>
    public static (EnvironmentState From, EnvironmentState To)? StepTo(FleetSnapshot snapshot, string environment, string promise)
    {
        var to = snapshot.FindEnvironment(environment);
        while (to is not null && Below(snapshot.Ladder, to.Name) is { } from)
        {
            if (snapshot.PinsOf(from.Name).ContainsKey(promise)) return (from, to);
            to = from;
        }

        return null;
    }

    private static bool IsInternal(EnvironmentState rung) => rung.Audience == Audience.Internal;

    private static EnvironmentState? Neighbour(IReadOnlyList<EnvironmentState> ladder, string name, int step)
    {
        for (var i = 0; i < ladder.Count; i++)
        {
            if (ladder[i].Name == name) return i + step >= 0 && i + step < ladder.Count ? ladder[i + step] : null;
        }

        return null;
    }

    private static string Text(int position) => position.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
