using Promises.Model;

namespace Promises.Manifests;

/// <summary>What rendering knows about a cluster.</summary>
/// <param name="Path">Of the cluster's directory in the repository, with the store's own path; empty for the root.</param>
/// <param name="RepositoryUrl">Null for an embedded store.</param>
public sealed record ClusterSite(
    string Cluster, string Environment, string Store, string Path, Agent Agent, Layout Layout, string? RepositoryUrl, string Branch)
{
    /// <summary>A path below the cluster's directory, from the root of the repository.</summary>
    internal string Below(string path) => Path.Length == 0 ? path : $"{Path}/{path}";
}
