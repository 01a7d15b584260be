namespace Promises.Manifests;

/// <summary>What is known about kinds of Kubernetes without asking a cluster.</summary>
public static class KnownKinds
{
    private static readonly HashSet<string> ClusterScoped =
    [
        "/Namespace", "/Node", "/PersistentVolume", "apiextensions.k8s.io/CustomResourceDefinition", "rbac.authorization.k8s.io/ClusterRole",
        "rbac.authorization.k8s.io/ClusterRoleBinding",
    ];

    private static readonly HashSet<string> Namespaced =
    [
        "/ConfigMap", "/Secret", "/Service", "/ServiceAccount", "/Pod", "apps/Deployment", "apps/DaemonSet", "apps/StatefulSet", "batch/Job",
        "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/RoleBinding",
    ];

    /// <summary>Null where it is not known.</summary>
    public static bool? IsNamespaced(string group, string kind)
    {
        var key = $"{group}/{kind}";
        return Namespaced.Contains(key) ? true : ClusterScoped.Contains(key) ? false : null;
    }
}
