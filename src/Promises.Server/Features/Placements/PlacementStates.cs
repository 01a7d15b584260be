using System.Linq.Expressions;
using Promises.Model;

namespace Promises.Server.Features.Placements;

/// <summary>The one word that says how a placement stands: the first of these that holds.</summary>
internal static class PlacementStates
{
    public const string Withdrawing = "Withdrawing";
    public const string Blocked = "Blocked";
    public const string Stalled = "Stalled";
    public const string Proposed = "Proposed";
    public const string Pending = "Pending";
    public const string Retained = "Retained";
    public const string Written = "Written";

    public static IReadOnlyList<string> All { get; } = [Pending, Written, Blocked, Retained, Withdrawing, Stalled, Proposed];

    /// <summary>As an expression, so that the database filters and counts by the same rule.</summary>
    public static Expression<Func<Placement, string>> Rule { get; } = placement =>
        placement.Leaving ? Withdrawing
        : placement.Outcome == PlacementOutcome.Blocked ? Blocked
        : placement.StalledReason != null ? Stalled
        : placement.Digest != placement.WrittenDigest ? (placement.ProposedDigest == (placement.Digest ?? "") ? Proposed : Pending)
        : placement.Outcome == PlacementOutcome.Retained ? Retained
        : Written;

    public static Expression<Func<Placement, bool>> Is(string state) =>
        Expression.Lambda<Func<Placement, bool>>(Expression.Equal(Rule.Body, Expression.Constant(state)), Rule.Parameters);

    /// <summary>Whether an open proposal holds what is wanted of it.</summary>
    public static bool IsProposed(Placement placement) => placement.Digest != placement.WrittenDigest && placement.ProposedDigest == (placement.Digest ?? "");

    private static readonly Func<Placement, string> Compiled = Rule.Compile();

    public static string Of(Placement placement) => Compiled(placement);
}
