using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Finds what is wanted on a cluster: what its labels select, what is for all, what these include, and what is kept of the past.</summary>
internal static class Members
{
    /// <summary>Sets the fate of every row as far as it depends on being wanted. Answers whether it has to be done again.</summary>
    public static bool Find(ClusterDecision decision)
    {
        var rows = decision.Rows;
        foreach (var row in rows) row.Forget();

        foreach (var row in rows)
        {
            if (row.ForAll) (row.Wanted, row.Exempt) = (true, true);
        }

        // Exemption first: whether a taint keeps a member off, and with it the members' members, depends on it.
        Expand(decision, static row => row.ForAll, exempt: true);
        foreach (var row in rows)
        {
            if (row.Selected) row.Wanted = true;
        }

        Expand(decision, static row => row.Selected || row.OutOfRange);
        if (rows.Exists(static row => row.Incumbent)) Leave(decision);

        var again = false;
        foreach (var row in rows) again |= Settle(decision, row);
        // Members follow the revision their parent has, and that may hang on this very pass. Without a cycle it settles within as many passes as there are levels.
        return again && decision.Passes++ < rows.Count + 2;
    }

    /// <summary>Tells of incumbents that nothing wants any more which are kept, and which wait for somebody to end them.</summary>
    private static void Leave(ClusterDecision decision)
    {
        foreach (var row in decision.Rows) row.Kept = IsLeft(decision, row) && (row.Pin is null || row.Pin.Revision.Placement.OnUnmatch == OnUnmatch.Retain);
        Expand(decision, static row => row.Kept);

        foreach (var row in decision.Rows) row.AwaitsConfirmation = !row.Kept && IsLeft(decision, row) && (decision.Mode == PlanMode.Resync || row.Waits);
        Expand(decision, static row => row.AwaitsConfirmation);
    }

    /// <summary>An incumbent that nothing wants any more and nobody took away.</summary>
    private static bool IsLeft(ClusterDecision decision, Row row) =>
        row.Incumbent && !row.Wanted && row.Unsatisfied is null && !decision.IsWithdrawn(row) && decision.Snapshot.HasPromise(row.Promise);

    private static void Expand(ClusterDecision decision, Func<Row, bool> isRoot, bool exempt = false)
    {
        var found = decision.Found;
        foreach (var row in decision.Rows)
        {
            if (isRoot(row)) found.Enqueue(row);
        }

        while (found.TryDequeue(out var parent))
        {
            if (parent.Expanded || !IsPresent(decision, parent)) continue;
            parent.Expanded = true;
            foreach (var entry in parent.Target?.Includes ?? [])
            {
                if (!decision.Snapshot.HasPromise(entry.Promise)) continue;
                var member = decision.RowOf(entry.Promise);
                if (member.Pin is null || !member.Pin.Revision.Satisfies(entry.Range))
                {
                    member.Unsatisfied = Smaller(member.Unsatisfied, Texts.MemberNotPinned(decision.Cluster, member, parent.Promise, entry));
                    continue;
                }

                (member.Wanted, member.Exempt) = (true, member.Exempt || exempt);
                member.IncludedBy ??= [];
                if (!member.IncludedBy.Contains(parent.Promise)) member.IncludedBy.Add(parent.Promise);
                found.Enqueue(member);
            }
        }
    }

    private static bool IsPresent(ClusterDecision decision, Row row) =>
        row.Incumbent || (row.Barred is null && row.Pin is not null && Admission(decision, row) is null);

    private static Rejection? Admission(ClusterDecision decision, Row row) => row.Exempt
        ? null
        : CordonFilter.Check(decision, row.Promise) ?? TaintFilter.Check(decision, row.Promise, row.Pin?.Revision);

    private static bool Settle(ClusterDecision decision, Row row)
    {
        row.IncludedBy?.Sort(StringComparer.Ordinal);
        if (!row.Incumbent)
        {
            if (row.Wanted && Admission(decision, row) is null) row.Fate = Fate.Newcomer;
            else if (!row.Wanted && row.Unsatisfied is not null && Admission(decision, row) is null) (row.Fate, row.Rejection) = (Fate.Blocked, row.Unsatisfied);
            return false;
        }

        var outOfRange = !row.Wanted && row.Unsatisfied is not null && !decision.IsWithdrawn(row);
        row.Fate = row.Wanted || outOfRange ? Fate.Placed
            : row.Kept ? Fate.Retained
            : row.AwaitsConfirmation || decision.Mode == PlanMode.Resync ? Fate.Awaiting : Fate.Removed;
        if (row.OutOfRange == outOfRange) return false;
        row.OutOfRange = outOfRange;
        return true;
    }

    private static Rejection Smaller(Rejection? a, Rejection b) => a is null || string.CompareOrdinal(b.Message, a.Message) < 0 ? b : a;
}
