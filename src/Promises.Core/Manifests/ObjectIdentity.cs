namespace Promises.Manifests;

/// <summary>
/// Which object on a cluster a manifest means; the version of its API does not matter. The namespace is filled in for kinds known to be
/// namespaced, and dropped for kinds known to be cluster-scoped, as the API server does.
/// </summary>
public readonly record struct ObjectIdentity(string Group, string Kind, string Namespace, string Name)
{
    /// <summary>As <c>/Namespace//redis</c> or <c>apps/Deployment/default/web</c>.</summary>
    public override string ToString() => $"{Group}/{Kind}/{Namespace}/{Name}";
}
