using Promises.Model;

namespace Promises.Scheduling;

/// <summary>Where clusters' files go.</summary>
/// <param name="Url">Null for an embedded store.</param>
/// <param name="Branch">As a <see cref="BranchPattern"/>.</param>
/// <param name="BasePath">Put before every cluster's path; empty for none.</param>
public sealed record StoreState(string Name, Layout Layout, string? Url, string Branch, string BasePath)
{
    public string BranchOf(string cluster) => BranchPattern.Of(Branch, cluster);
}
