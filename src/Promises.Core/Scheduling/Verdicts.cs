namespace Promises.Scheduling;

/// <summary>The verdicts on some pairs. Each is worked out when it is read, so a page costs what the page holds.</summary>
public sealed class Verdicts
{
    private readonly IReadOnlyList<(string Promise, ClusterState Cluster)> _pairs;
    private readonly Judge _judge;
    private readonly Lazy<string> _summary;

    internal Verdicts(FleetSnapshot snapshot, IReadOnlyList<(string Promise, ClusterState Cluster)> pairs, Func<IEnumerable<Judgement>, string> summarise)
    {
        (_pairs, _judge) = (pairs, new Judge(snapshot));
        _summary = new(() => summarise(_pairs.Select(pair => _judge.Of(pair.Promise, pair.Cluster))));
    }

    /// <summary>How many of all pairs are placed, and how many miss which rule first. Looks at all of them.</summary>
    public string Summary => _summary.Value;

    /// <summary>By name, <c>promise.cluster</c>.</summary>
    public IEnumerable<Verdict> Items => After(null);

    /// <summary>Those whose name comes after this one.</summary>
    public IEnumerable<Verdict> After(string? name) => _pairs
        .SkipWhile(pair => name is not null && string.CompareOrdinal($"{pair.Promise}.{pair.Cluster.Name}", name) <= 0)
        .Select(pair => Remedies.Complete(_judge, _judge.Of(pair.Promise, pair.Cluster)));
}
