namespace Promises.Scheduling;

/// <summary>
/// Words every refusal by the cluster as it is in the end, not as it was when the refusal was made: so it names what people will find there, and
/// deciding the same again gives the same words.
/// </summary>
internal static class Reasons
{
    public static void Settle(ClusterDecision decision)
    {
        foreach (var row in decision.Rows)
        {
            if (row is { Fate: Fate.Blocked, Wanted: true })
                row.Rejection = Newcomers.Check(decision, row) ?? RequirementFilter.Check(decision, row.Promise, row.Target!) ?? row.Rejection;
            if (row.OutOfRange) row.Held = null;
            else if (row.Stays && (row.Held is not null || row.WouldLose)) row.Held = Rivals(decision, row).MinBy(held => held.Message, StringComparer.Ordinal) ?? row.Held;
        }

        foreach (var row in decision.Rows)
        {
            if (row is { Incumbent: true, Stays: true, Target: { } target }) row.Lacks = RequirementFilter.Check(decision, row.Promise, target);
        }
    }

    private static IEnumerable<Rejection> Rivals(ClusterDecision decision, Row row) =>
        from contest in decision.ContestsOf(row.Pin!.Revision)
        let rival = decision.Rival(contest, row.Promise)
        where rival is not null
        select Texts.Held(decision.Cluster, row, contest.Use.Key, rival);
}
