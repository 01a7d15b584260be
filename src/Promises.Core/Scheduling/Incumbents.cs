
namespace Promises.Scheduling;

/// <summary>
/// Moves incumbents to their pins as far as they do not get in each other's way. All of them at the revisions they have do not; so who would newly gain
/// what another has is held where it is, until nobody collides.
/// </summary>
internal static class Incumbents
{
    /// <summary>Answers whether somebody was held back who has, or would have, members.</summary>
    public static bool HoldBack(ClusterDecision decision)
    {
        var again = false;
        while (true)
        {
            Gather(decision);
            if (decision.Holders.IsEmpty || Losers(decision) is not { Count: > 0 } losers) return again;
            foreach (var (row, claim, winner) in losers)
            {
                again |= row.Pin!.Revision.Includes.Count + row.Current!.Includes.Count > 0;
                row.Held = Texts.Held(decision.Cluster, row, claim, winner);
            }
        }
    }

    /// <summary>Lets one go that was held or barred because of somebody who, in the end, is not there. Answers whether there was one.</summary>
    public static bool Release(ClusterDecision decision)
    {
        if (!decision.Rows.Exists(static row => row.Held is not null)) return false;
        var freed = decision.Rows
            .Where(row => row.Stays && row is { Held: not null, Released: false, Pin: not null })
            .Where(row => !decision.ContestsOf(row.Pin!.Revision).Any(contest => Incumbent(decision, contest, row)))
            .Order(Comparer<Row>.Create(Row.CompareOrder))
            .FirstOrDefault();
        if (freed is null) return false;
        (freed.Held, freed.Released) = (null, true);
        return true;
    }

    /// <summary>Unless somebody asked for the plan, nobody loses objects by moving to its pin. Answers whether somebody would have.</summary>
    public static bool KeepObjects(ClusterDecision decision)
    {
        if (decision.Mode == PlanMode.Deliberate) return false;
        var losers = decision.Rows.FindAll(row => row.Stays && Loses(row));
        foreach (var row in losers) row.WouldLose = true;
        return losers.Count > 0;
    }

    private static bool Loses(Row row)
    {
        if (row.Current is not { } current || row.Target is not { } target || ReferenceEquals(current, target)) return false;
        var kept = target.Objects.Select(item => item.Identity).ToHashSet();
        return current.Objects.Any(item => !kept.Contains(item.Identity));
    }

    private static bool Incumbent(ClusterDecision decision, Contest contest, Row row) =>
        decision.Holders.Of(contest.Use).Any(holder => holder.Row != row && holder.Row.Incumbent && contest.Conflicts(holder.Exclusive));

    private static void Gather(ClusterDecision decision)
    {
        decision.Holders.Clear();
        foreach (var row in decision.Rows)
        {
            if (row is { Stays: true, Target: { } target }) decision.Holders.Add(row, decision.ContestsOf(target));
        }
    }

    private static List<(Row Loser, ClaimKey Claim, Row Winner)> Losers(ClusterDecision decision)
    {
        var losers = new Dictionary<Row, (ClaimKey Claim, Row Winner)>();
        (Row Row, ClaimKey Claim, Row Winner)? last = null;
        foreach (var (use, holders) in decision.Holders.Shared)
        {
            foreach (var holder in holders.Where(holder => IsNew(decision, holder.Row, use, holder.Exclusive)))
            {
                foreach (var other in holders.Where(other => other.Row != holder.Row && (other.Exclusive || holder.Exclusive)))
                {
                    if (!IsNew(decision, other.Row, use, other.Exclusive)) Keep(losers, holder.Row, use.Key, other.Row);
                    else if (Row.CompareOrder(holder.Row, other.Row) > 0 && (last is null || Row.CompareOrder(holder.Row, last.Value.Row) > 0))
                        last = (holder.Row, use.Key, other.Row);
                }
            }
        }

        // Between two that both gain it the later one loses, but one at a time: what else it wanted may then be free for others.
        if (losers.Count == 0 && last is { } loser) losers.Add(loser.Row, (loser.Claim, loser.Winner));
        return [.. losers.Select(pair => (pair.Key, pair.Value.Claim, pair.Value.Winner))];
    }

    /// <summary>The first by name, so that the message does not depend on the order of anything.</summary>
    private static void Keep(Dictionary<Row, (ClaimKey Claim, Row Winner)> losers, Row loser, ClaimKey claim, Row winner)
    {
        if (!losers.TryGetValue(loser, out var known) || string.CompareOrdinal(claim + winner.Promise, known.Claim + known.Winner.Promise) < 0)
            losers[loser] = (claim, winner);
    }

    /// <summary>Whether a row gains the claim by moving to its target, or gains it for itself alone.</summary>
    private static bool IsNew(ClusterDecision decision, Row row, ClaimUse use, bool exclusive)
    {
        if (row.Current is not { } current || ReferenceEquals(current, row.Target)) return false;
        foreach (var contest in decision.ContestsOf(current))
        {
            if (ReferenceEquals(contest.Use, use)) return exclusive && !contest.Exclusive;
        }

        return true;
    }
}
