namespace Promises.Scheduling;

/// <summary>Decides newcomers one after the other, against everything that is decided before them.</summary>
internal static class Newcomers
{
    /// <summary>Answers whether a newcomer turned out to be blocked, or not to be blocked any more, that others are members of.</summary>
    public static bool Admit(ClusterDecision decision)
    {
        var newcomers = decision.Rows.FindAll(static row => row.Fate == Fate.Newcomer);
        newcomers.Sort(Row.CompareOrder);
        foreach (var row in newcomers)
        {
            row.Rejection = Check(decision, row);
            if (row is { Barred: not null, Rejection: null, Released: false })
            {
                (row.Barred, row.Released) = (null, true);
                return true;
            }

            row.Rejection ??= row.Barred;
            row.Fate = row.Rejection is null ? Fate.Placed : Fate.Blocked;
            if (row.Rejection is null) decision.Holders.Add(row, decision.ContestsOf(row.Target!));
            else if (row.Barred is null && row.Target!.Includes.Count > 0)
            {
                row.Barred = row.Rejection;
                return true;
            }
        }

        return false;
    }

    public static Rejection? Check(ClusterDecision decision, Row row) =>
        RequirementFilter.Check(decision, row.Promise, row.Target!, bringsMembers: row.Barred is not null)
        ?? CapabilityFilter.Check(decision, row.Promise, row.Target!)
        ?? CollisionFilter.Check(decision, row.Promise, row.Target!);
}
