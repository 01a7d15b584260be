namespace Promises.Scheduling;

/// <summary>Says why a cluster has a Promise, or has not: by deciding it again and looking at every rule.</summary>
public static class Explainer
{
    /// <summary>All pairs of the Promise and the cluster that exist; with only one of them named, all pairs of that one.</summary>
    public static Verdicts Explain(FleetSnapshot snapshot, string? promise, string? cluster)
    {
        IEnumerable<string> promises = promise is null ? snapshot.Promises : snapshot.HasPromise(promise) ? [promise] : [];
        var clusters = cluster is null ? snapshot.Clusters.ToList() : snapshot.FindCluster(cluster) is { } found ? [found] : [];
        var pairs = promises.SelectMany(name => clusters.Select(site => (Promise: name, Cluster: site)))
            .OrderBy(pair => $"{pair.Promise}.{pair.Cluster.Name}", StringComparer.Ordinal).ToList();
        return new Verdicts(snapshot, pairs, judgements => Summaries.Of(judgements, promise, cluster));
    }
}
