using System.Text.Json.Nodes;
using Promises.Selectors;

namespace Promises.Model;

public enum OnUnmatch { Retain, Withdraw }

/// <summary>Tolerates taints of a key (all keys where null); with <c>Equal</c>, only of that value.</summary>
public sealed record Toleration(string? Key, bool Exists, string? Value);

/// <summary>Which clusters a revision is for: exactly one of a selector, all clusters, or only as a member of others.</summary>
public sealed record PlacementRule(
    LabelSelector? Selector, bool AllClusters, bool OnlyIncluded, IReadOnlyList<Toleration> Tolerations, OnUnmatch OnUnmatch);

/// <summary>Another Promise and the versions of it that will do; any where <paramref name="Range"/> is null.</summary>
public sealed record PromiseReference(string Promise, VersionRange? Range);

public sealed record Capability(string Name, bool Exclusive);

/// <summary>The content of one revision, as clients write it, validated and normalised. Immutable.</summary>
/// <param name="Version">Normalised semantic version; null if there is none.</param>
/// <param name="Dependencies">Kubernetes objects, Lists unrolled, in the order given.</param>
/// <param name="Kratix">What of a Kratix document has no effect yet, unchanged; null if nothing.</param>
public sealed record PromiseSpec(
    string? Version,
    PlacementRule Placement,
    IReadOnlyList<PromiseReference> Includes,
    IReadOnlyList<PromiseReference> Requires,
    IReadOnlyList<Capability> Provides,
    IReadOnlyList<JsonObject> Dependencies,
    JsonObject? Kratix);
