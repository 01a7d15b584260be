namespace Promises.Manifests;

/// <summary>
/// What we know about kinds without asking a cluster: whether they live in a namespace, and where they come in the order of applying.
/// Kubernetes' own kinds and those of the systems that Promises bring most often.
/// </summary>
public static class KnownKinds
{
    private static readonly Dictionary<(string Group, string Kind), bool> Namespaced = Load();

    /// <summary>Null for a kind that is not known.</summary>
    public static bool? IsNamespaced(string group, string kind) => Namespaced.TryGetValue((group, kind), out var known) ? known : null;

    /// <summary>0 to 99, in the order of kustomize-controller, but for namespaces, which come first. For readers: agents order by themselves.</summary>
    public static int ApplyOrder(string group, string kind) => (group, kind) switch
    {
        ("", "Namespace") => 0,
        ("apiextensions.k8s.io", "CustomResourceDefinition") => 1,
        ("rbac.authorization.k8s.io", "ClusterRole") => 2,
        ("scheduling.k8s.io", "PriorityClass") or ("node.k8s.io", "RuntimeClass") or ("storage.k8s.io", "StorageClass")
            or ("networking.k8s.io", "IngressClass") or ("gateway.networking.k8s.io", "GatewayClass")
            or ("snapshot.storage.k8s.io", "VolumeSnapshotClass") => 3,
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => 4,
        ("", "ResourceQuota") => 10,
        ("", "LimitRange") => 11,
        ("networking.k8s.io", "NetworkPolicy") => 12,
        ("", "ServiceAccount") => 15,
        ("rbac.authorization.k8s.io", "Role") => 16,
        ("rbac.authorization.k8s.io", "RoleBinding") => 17,
        ("", "ConfigMap") => 20,
        ("", "Secret") => 21,
        ("", "PersistentVolume") => 25,
        ("", "PersistentVolumeClaim") => 26,
        ("", "Service") => 30,
        ("source.toolkit.fluxcd.io", _) => 35,
        ("apps", _) => 40,
        ("batch", _) => 41,
        ("", "Pod") => 42,
        ("autoscaling", _) or ("policy", "PodDisruptionBudget") => 50,
        ("networking.k8s.io", "Ingress") => 55,
        ("admissionregistration.k8s.io", _) => 90,
        ("apiregistration.k8s.io", _) => 91,
        _ => 70,
    };

    private static Dictionary<(string, string), bool> Load()
    {
        var known = new Dictionary<(string, string), bool>();
        foreach (var (group, namespaced, cluster) in KnownKindsTable.Rows)
        {
            foreach (var kind in namespaced.Split(' ', StringSplitOptions.RemoveEmptyEntries)) known.Add((group, kind), true);
            foreach (var kind in cluster.Split(' ', StringSplitOptions.RemoveEmptyEntries)) known.Add((group, kind), false);
        }

        return known;
    }
}
