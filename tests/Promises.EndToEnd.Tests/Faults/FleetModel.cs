namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A write of the random history, as far as it decides what lies on the branch.</summary>
internal abstract record ModelWrite
{
    /// <summary>One that decides nothing about any other cluster.</summary>
    public abstract record OfCluster(string Cluster) : ModelWrite;

    /// <param name="Team">Null takes the label away.</param>
    public sealed record Label(string Cluster, string? Team) : OfCluster(Cluster);

    /// <param name="Generation">Stands in the content, and in no other content.</param>
    public sealed record Publish(string Promise, string Team, int Generation) : ModelWrite;

    public sealed record Promote(string Promise) : ModelWrite;

    public sealed record Withdraw(string Promise, string Cluster) : OfCluster(Cluster);

    /// <param name="Directory">Below <c>clusters/</c>.</param>
    public sealed record Register(string Cluster, string Environment, string Directory, string? Team) : OfCluster(Cluster);

    public sealed record OffBoard(string Cluster, bool KeepsFiles) : OfCluster(Cluster);
}

/// <summary>
/// The rules of the fleet written down a second time, as simply as can be: labels, pins of two environments, and who keeps what no longer matches. It knows
/// nothing of Git, faults or replicas.
/// </summary>
internal sealed class FleetModel
{
    private readonly Dictionary<string, ModelWrite.Register> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _retains = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Promise, string Environment), (string Team, int Generation)> _pins = [];
    private readonly SortedSet<(string Promise, string Cluster)> _placed = [];

    /// <param name="retains">A cluster that stops matching keeps it.</param>
    public void Define(string promise, bool retains) => _retains.Add(promise, retains);

    /// <summary>What a branch has to hold: <c>promise directory generation</c>.</summary>
    public IReadOnlySet<string> Files =>
        _placed.Select(pair => $"{pair.Promise} {_clusters[pair.Cluster].Directory} {_pins[(pair.Promise, _clusters[pair.Cluster].Environment)].Generation}").ToHashSet(StringComparer.Ordinal);

    /// <summary>Of all clusters that are registered, whether they have placements or not.</summary>
    public IReadOnlySet<string> Directories => _clusters.Values.Select(cluster => cluster.Directory).ToHashSet(StringComparer.Ordinal);

    public string DirectoryOf(string cluster) => _clusters[cluster].Directory;

    public void Apply(ModelWrite write)
    {
        switch (write)
        {
            case ModelWrite.Label(var cluster, var team):
                _clusters[cluster] = _clusters[cluster] with { Team = team };
                break;
            case ModelWrite.Publish(var promise, var team, var generation):
                _pins[(promise, "ops")] = (team, generation);
                break;
            case ModelWrite.Promote(var promise):
                _pins[(promise, "apps")] = _pins[(promise, "ops")];
                break;
            case ModelWrite.Withdraw(var promise, var cluster):
                _placed.Remove((promise, cluster));
                break;
            case ModelWrite.Register registered:
                _clusters.Add(registered.Cluster, registered);
                break;
            case ModelWrite.OffBoard(var cluster, _):
                _clusters.Remove(cluster);
                _placed.RemoveWhere(pair => pair.Cluster == cluster);
                break;
        }

        foreach (var pair in _retains.Keys.SelectMany(promise => _clusters.Keys.Select(cluster => (promise, cluster))))
        {
            if (IsSelected(pair.promise, pair.cluster)) _placed.Add(pair);
            else if (!_retains[pair.promise]) _placed.Remove(pair);
        }
    }

    private bool IsSelected(string promise, string cluster) =>
        _pins.TryGetValue((promise, _clusters[cluster].Environment), out var pin) && pin.Team == _clusters[cluster].Team;
}
