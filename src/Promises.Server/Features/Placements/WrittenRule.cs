namespace Promises.Server.Features.Placements;

/// <summary>When the condition <c>Written</c> of a placement is true, for the statements that have to know whether they turn it.</summary>
internal static class WrittenRule
{
    /// <summary>Of the row <c>p</c> as it was before the statement.</summary>
    public const string Sql =
        "(NOT p.leaving AND p.stalled_reason IS NULL AND p.digest IS NOT DISTINCT FROM p.written_digest AND (p.delivers OR p.digest IS NOT NULL))";
}
