using Promises.Model;

namespace Promises.Scheduling;

/// <summary>What deciding needs of one cluster.</summary>
/// <param name="Path">Relative to the store's base path; empty for its root.</param>
/// <param name="Labels">Its own labels; <see cref="FleetSnapshot.LabelsOf"/> adds the derived ones.</param>
public sealed record ClusterState(
    string Name,
    string Environment,
    string StateStore,
    string Path,
    Agent Agent,
    string? Provider,
    string? Region,
    IReadOnlyDictionary<string, string> Labels,
    bool Cordoned,
    IReadOnlyList<Taint> Taints,
    bool StrictMatchLabels)
{
    public static ClusterState From(Cluster cluster) => new(
        cluster.Name, cluster.Environment, cluster.StateStore, cluster.Path, cluster.Agent, cluster.Provider, cluster.Region,
        cluster.Labels, cluster.Cordoned, cluster.Taints, cluster.StrictMatchLabels);
}
