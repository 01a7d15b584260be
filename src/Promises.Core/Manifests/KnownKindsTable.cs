namespace Promises.Manifests;

/// <summary>Group, namespaced kinds, cluster-scoped kinds; Kubernetes 1.22 to 1.36, whatever the version of the group.</summary>
internal static class KnownKindsTable
{
    public static IReadOnlyList<(string Group, string Namespaced, string Cluster)> Rows { get; } =
    [
        ("", "Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
            "ComponentStatus Namespace Node PersistentVolume"),
        ("admissionregistration.k8s.io", "",
            "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "", "APIService"),
        ("apps", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", ""),
        ("authentication.k8s.io", "", "SelfSubjectReview TokenReview"),
        ("authorization.k8s.io", "LocalSubjectAccessReview", "SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"),
        ("autoscaling", "HorizontalPodAutoscaler", ""),
        ("autoscaling.k8s.io", "VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint", ""),
        ("batch", "CronJob Job", ""),
        ("certificates.k8s.io", "PodCertificateRequest", "CertificateSigningRequest ClusterTrustBundle"),
        ("coordination.k8s.io", "Lease LeaseCandidate", ""),
        ("discovery.k8s.io", "EndpointSlice", ""),
        ("events.k8s.io", "Event", ""),
        ("extensions", "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet", "PodSecurityPolicy"),
        ("flowcontrol.apiserver.k8s.io", "", "FlowSchema PriorityLevelConfiguration"),
        ("gateway.networking.k8s.io", "BackendTLSPolicy GRPCRoute Gateway HTTPRoute ReferenceGrant TCPRoute TLSRoute UDPRoute", "GatewayClass"),
        ("internal.apiserver.k8s.io", "", "StorageVersion"),
        ("metrics.k8s.io", "PodMetrics", "NodeMetrics"),
        ("networking.k8s.io", "Ingress NetworkPolicy", "IPAddress IngressClass ServiceCIDR"),
        ("node.k8s.io", "", "RuntimeClass"),
        ("policy", "Eviction PodDisruptionBudget", "PodSecurityPolicy"),
        ("rbac.authorization.k8s.io", "Role RoleBinding", "ClusterRole ClusterRoleBinding"),
        ("resource.k8s.io", "ResourceClaim ResourceClaimTemplate", "DeviceClass DeviceTaintRule ResourceSlice"),
        ("scheduling.k8s.io", "", "PriorityClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot", "VolumeSnapshotClass VolumeSnapshotContent"),
        ("storage.k8s.io", "CSIStorageCapacity", "CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass"),
        ("storagemigration.k8s.io", "", "StorageVersionMigration"),

        ("argoproj.io", "AnalysisRun AnalysisTemplate AppProject Application ApplicationSet CronWorkflow EventBus EventSource Experiment Rollout Sensor Workflow WorkflowTemplate",
            "ClusterAnalysisTemplate ClusterWorkflowTemplate"),
        ("helm.toolkit.fluxcd.io", "HelmRelease", ""),
        ("image.toolkit.fluxcd.io", "ImagePolicy ImageRepository ImageUpdateAutomation", ""),
        ("kustomize.toolkit.fluxcd.io", "Kustomization", ""),
        ("notification.toolkit.fluxcd.io", "Alert Provider Receiver", ""),
        ("source.toolkit.fluxcd.io", "Bucket ExternalArtifact GitRepository HelmChart HelmRepository OCIRepository", ""),

        ("acme.cert-manager.io", "Challenge Order", ""),
        ("cert-manager.io", "Certificate CertificateRequest Issuer", "ClusterIssuer"),
        ("trust.cert-manager.io", "", "Bundle ClusterBundle"),
        ("monitoring.coreos.com", "Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus PrometheusAgent PrometheusRule ScrapeConfig ServiceMonitor ThanosRuler", ""),
        ("external-secrets.io", "ExternalSecret SecretStore", "ClusterExternalSecret ClusterSecretStore"),
        ("bitnami.com", "SealedSecret", ""),
        ("kyverno.io", "CleanupPolicy Policy", "ClusterCleanupPolicy ClusterPolicy"),
        ("platform.kratix.io", "HealthRecord ResourceBinding Work WorkPlacement",
            "BucketStateStore Destination GitStateStore Promise PromiseRelease PromiseRevision"),
    ];
}
