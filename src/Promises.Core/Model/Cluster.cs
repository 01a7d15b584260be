using System.Text.Json.Nodes;

namespace Promises.Model;

public enum Agent { Flux, Argocd }

/// <summary>A taint keeps newcomers off a cluster unless they tolerate it. The effect is always <c>NoPlacement</c>.</summary>
public sealed record Taint(string Key, string Value);

/// <summary>What a client says about a cluster, validated; null where the default is wanted.</summary>
/// <param name="NodePools">Kept as sent; nothing looks at it yet.</param>
/// <param name="StrictMatchLabels">From Kratix: takes no Promise without a selector, if the cluster has labels of its own.</param>
public sealed record ClusterSpec(
    string? Environment,
    string? StateStore,
    string? Path,
    Agent Agent,
    string? Provider,
    string? Region,
    bool Cordoned,
    IReadOnlyList<Taint> Taints,
    JsonArray? NodePools,
    bool StrictMatchLabels);

/// <summary>A registered, labelled place to deliver to.</summary>
public sealed class Cluster : FleetObject
{
    private Cluster() { }

    public string Environment { get; private set; } = "";

    public string StateStore { get; private set; } = "";

    /// <summary>Where in the store the cluster's files lie: relative, no leading or trailing slash; empty for the root.</summary>
    public string Path { get; private set; } = "";

    public Agent Agent { get; private set; }

    public string? Provider { get; private set; }

    public string? Region { get; private set; }

    public bool Cordoned { get; private set; }

    public IReadOnlyList<Taint> Taints { get; private set; } = [];

    /// <summary>JSON text as sent, null if none.</summary>
    public string? NodePools { get; private set; }

    public bool StrictMatchLabels { get; private set; }

    /// <summary>Off-boarded with <c>files=remove</c>: gone for clients, kept until its files are off the branch.</summary>
    public bool Leaving { get; private set; }

    public static Cluster Register(ObjectMeta meta, ClusterSpec spec, string environment, string stateStore, string path, Stamp stamp)
    {
        var cluster = new Cluster { Environment = environment, StateStore = stateStore, Path = path };
        cluster.Begin(meta, stamp);
        cluster.Take(spec);
        return cluster;
    }

    /// <summary>Takes over metadata and the mutable part of the spec. Answers whether anything changed.</summary>
    public bool Change(ObjectMeta meta, ClusterSpec spec, Stamp stamp)
    {
        var changed = Agent != spec.Agent || Provider != spec.Provider || Region != spec.Region || Cordoned != spec.Cordoned
            || StrictMatchLabels != spec.StrictMatchLabels || NodePools != spec.NodePools?.ToJsonString() || !Taints.SequenceEqual(spec.Taints);
        Take(spec);
        return Update(meta, changed, stamp);
    }

    public void Leave(Stamp stamp)
    {
        Leaving = true;
        Touch(stamp);
    }

    private void Take(ClusterSpec spec) =>
        (Agent, Provider, Region, Cordoned, Taints, NodePools, StrictMatchLabels) =
        (spec.Agent, spec.Provider, spec.Region, spec.Cordoned, spec.Taints, spec.NodePools?.ToJsonString(), spec.StrictMatchLabels);
}
