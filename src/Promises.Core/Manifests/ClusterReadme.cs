using Promises.Model;

namespace Promises.Manifests;

/// <summary>The README of a cluster's directory, for somebody who never heard of us. Holds nothing that changes with a placement.</summary>
internal static class ClusterReadme
{
    public static string Text(ClusterSite site) => $"""
        # Cluster {site.Cluster}

        {Place(site)} holds the Kubernetes objects that the cluster `{site.Cluster}` of the environment `{site.Environment}` is to run. The
        service Promises writes it, from its catalogue of Promises and the labels of the cluster. To change what the cluster
        gets, change a Promise or a label there: `GET /explain?cluster={site.Cluster}` of the service tells what is here and why.

        {Contents(site)}

        Do not edit these files by hand. A file that was edited or deleted is put right with the next write, and the repair
        is reported. Files that Promises did not write are left alone; but do not add a file named `kustomization.yaml`,
        `kustomization.yml`, `Kustomization` or `.sourceignore` here or above: it can make the agent delete what it delivered.

        {Agents(site)}
        """.ReplaceLineEndings("\n") + "\n";

    private static string Place(ClusterSite site) =>
        $"{(site.Path.Length == 0 ? "The root" : $"The directory `{site.Path}`")} of the branch `{site.Branch}`";

    private static string Contents(ClusterSite site) => site.Layout switch
    {
        Layout.Kratix => """
            - `dependencies/<promise>/`: the objects of a Promise, in one file
            - `resources/`: the objects of requests
            - `dependencies/kratix-canary-namespace.yaml`, `resources/kratix-canary-configmap.yaml`: keep both directories from being empty
            """,
        _ when site.Agent == Agent.Flux => """
            - `placements/<promise>/`: the objects of a Promise, one in each file
            - `flux/<promise>.yaml`: the Flux Kustomization that applies them
            - `flux/promises-cluster.yaml`: says which cluster this is, and keeps `flux/` from being empty
            """,
        _ => """
            - `placements/<promise>/`: the objects of a Promise, one in each file
            - `placements/promises-cluster/`: says which cluster this is, and keeps `placements/` from being empty
            """,
    };

    private static string Agents(ClusterSite site) => (site.Agent, site.Layout) switch
    {
        (Agent.Flux, Layout.Placements) => Flux(site),
        (Agent.Flux, _) => FluxForKratix(site),
        (_, Layout.Placements) => Argocd(site),
        _ => ArgocdForKratix(site),
    };

    private static string Flux(ClusterSite site) => $"""
        ## Point Flux at it

        Flux 2.7 or later has to be installed on the cluster. Save this, put in {Blanks(site)},
        and apply it once with `kubectl apply -f`. The namespace comes first, because everything else lives in it:

        ```yaml
        {AgentManifests.Flux(site)}```

        {Password(site)}

        Deleting the namespace `{AgentManifests.Namespace}` **deletes everything that was delivered** to the cluster. Deleting the
        Kustomization `promises-root`, or the GitRepository, deletes nothing; apply the above again to have them back.

        Recommended: start kustomize-controller with `--requeue-dependency=5s`, so that a Promise that requires another does not
        wait 30 seconds for it, and with the feature gate `CancelHealthCheckOnNewRevision=true`, so that a fix does not wait for
        the health check of what it fixes.
        """;

    private static string FluxForKratix(ClusterSite site) => $"""
        ## Point Flux at it

        Flux has to be installed on the cluster. Save this, put in {Blanks(site)},
        and apply it once with `kubectl apply -f`. The resources are applied after the dependencies:

        ```yaml
        {AgentManifests.FluxForKratix(site)}```

        {Password(site)}

        Deleting the namespace `{AgentManifests.Namespace}` deletes the source and both Kustomizations, but nothing that was delivered,
        since their deletion policy is `Orphan`; apply the above again to have them back.
        """;

    private static string Argocd(ClusterSite site) => $"""
        ## Point Argo CD at it

        Save this, put in {Blanks(site)},
        and apply it once with `kubectl apply -f` where Argo CD runs. It makes one Application for each directory below
        `placements/`; use your own project in place of `default`:

        ```yaml
        {AgentManifests.Argocd(site)}```

        {Password(site)}

        Deleting the ApplicationSet **deletes everything that was delivered** to the cluster, unless it is deleted with
        `kubectl delete --cascade=orphan`: protect it by RBAC. Do not set `preserveResourcesOnDeletion`: what a Promise delivered
        would then stay for ever when the Promise leaves the cluster.
        """;

    private static string ArgocdForKratix(ClusterSite site) => $"""
        ## Point Argo CD at it

        Save this, put in {Blanks(site)},
        and apply it once with `kubectl apply -f` where Argo CD runs; use your own project in place of `default`:

        ```yaml
        {AgentManifests.ArgocdForKratix(site)}```

        {Password(site)}

        Deleting one of the Applications **deletes everything that it delivered** to the cluster, unless it is deleted with
        `kubectl delete --cascade=orphan`: protect them by RBAC.
        """;

    private static string Blanks(ClusterSite site) => (site.RepositoryUrl, RepositoryUrls.IsSsh(site)) switch
    {
        (null, _) => "the host by which the cluster reaches the service Promises, and a token",
        (_, true) => "a private key that may read the repository",
        _ when RepositoryUrls.ForAgents(site) != site.RepositoryUrl => "the address by which the cluster reaches the repository, and a token",
        _ => "a token that may read the repository",
    };

    private static string Password(ClusterSite site) => site.RepositoryUrl is null
        ? "The store is served by Promises itself: any user name will do, the password is a token of Promises; one with the role `viewer` suffices."
        : "A credential that may only read is enough: the agent never writes to the repository.";
}
