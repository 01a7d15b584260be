namespace Promises.Manifests;

/// <summary>Names one Kubernetes object on a cluster; the API version does not matter.</summary>
/// <param name="Namespace">Already defaulted for known namespaced kinds, empty for known cluster-scoped ones.</param>
public readonly record struct ObjectIdentity(string Group, string Kind, string Namespace, string Name)
{
    public override string ToString() => $"{Group}/{Kind}/{Namespace}/{Name}";
}
