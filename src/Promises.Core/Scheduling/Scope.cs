namespace Promises.Scheduling;

/// <summary>Which clusters a plan looks at. No rule looks beyond one cluster, so a plan of a scope is the full plan's part.</summary>
public abstract record Scope
{
    private Scope() { }

    public static Scope Everything { get; } = new All();

    public static Scope Of(params IEnumerable<string> clusters) => new Some(clusters.ToHashSet(StringComparer.Ordinal));

    public sealed record All : Scope;

    /// <param name="Clusters">Names; also of clusters that have left and still have placements.</param>
    public sealed record Some(IReadOnlySet<string> Clusters) : Scope;
}
