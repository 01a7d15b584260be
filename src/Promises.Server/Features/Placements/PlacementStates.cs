using System.Linq.Expressions;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Placements;

/// <summary>The one word that says how a placement stands: the first of these that holds.</summary>
internal static class PlacementStates
{
    public const string Held = "Held";
    public const string Withdrawing = "Withdrawing";
    public const string Blocked = "Blocked";
    public const string Stalled = "Stalled";
    public const string Proposed = "Proposed";
    public const string Pending = "Pending";
    public const string Retained = "Retained";
    public const string Written = "Written";

    public static IReadOnlyList<string> All { get; } = [Pending, Written, Blocked, Retained, Withdrawing, Stalled, Held, Proposed];

    private static readonly Expression<Func<Placement, string>> s_rule = placement =>
        placement.Leaving ? Withdrawing
        : placement.Outcome == PlacementOutcome.Blocked ? Blocked
        : placement.StalledReason != null ? Stalled
        : placement.Digest != placement.WrittenDigest ? (placement.ProposedDigest == (placement.Digest ?? "") ? Proposed : Pending)
        : placement.Outcome == PlacementOutcome.Retained ? Retained
        : Written;

    private static readonly Func<Placement, string> s_compiled = s_rule.Compile();

    /// <summary>The same of the row <c>p</c> in SQL, for counts: making a query of the expression takes longer than running it. A test holds one against the other.</summary>
    public const string Sql =
        """
        CASE WHEN (p.leaving OR p.digest IS DISTINCT FROM p.written_digest)
                AND p.cluster IN (SELECT c.name FROM clusters c JOIN holds h ON h.state_store = c.state_store WHERE h.phase = 'Held') THEN 'Held'
            WHEN p.leaving THEN 'Withdrawing'
            WHEN p.outcome = 'Blocked' THEN 'Blocked'
            WHEN p.stalled_reason IS NOT NULL THEN 'Stalled'
            WHEN p.digest IS DISTINCT FROM p.written_digest THEN CASE WHEN p.proposed_digest = coalesce(p.digest, '') THEN 'Proposed' ELSE 'Pending' END
            WHEN p.outcome = 'Retained' THEN 'Retained'
            ELSE 'Written' END
        """;

    /// <summary>As an expression, so that the database filters by the same rule.</summary>
    public static Expression<Func<Placement, string>> Rule(PromisesDb database)
    {
        var stores = database.Holds.Where(hold => hold.Phase == HoldPhase.Held).Select(hold => hold.StateStore);
        var clusters = database.Clusters.Where(cluster => stores.Contains(cluster.StateStore)).Select(cluster => cluster.Name);
        Expression<Func<Placement, bool>> held = placement => (placement.Leaving || placement.Digest != placement.WrittenDigest) && clusters.Contains(placement.Cluster);
        return Expression.Lambda<Func<Placement, string>>(
            Expression.Condition(held.Body, Expression.Constant(Held), new Replace(s_rule.Parameters[0], held.Parameters[0]).Visit(s_rule.Body)), held.Parameters);
    }

    public static Expression<Func<Placement, bool>> Is(PromisesDb database, string state)
    {
        var rule = Rule(database);
        return Expression.Lambda<Func<Placement, bool>>(Expression.Equal(rule.Body, Expression.Constant(state)), rule.Parameters);
    }

    /// <param name="onHold">Whether its store is.</param>
    public static string Of(Placement placement, bool onHold) => onHold && Waits(placement) ? Held : s_compiled(placement);

    /// <summary>Whether an open proposal holds what is wanted of it.</summary>
    public static bool IsProposed(Placement placement) => placement.Digest != placement.WrittenDigest && placement.ProposedDigest == (placement.Digest ?? "");

    public static bool Waits(Placement placement) => placement.Leaving || placement.Digest != placement.WrittenDigest;

    /// <summary>Puts one parameter of an expression in the place of another.</summary>
    public sealed class Replace(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
