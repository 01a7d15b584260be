using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>What a person applies to a cluster once, so that its agent reads the cluster's directory.</summary>
internal static class AgentManifests
{
    public const string Namespace = "promises-delivery";
    public const string Source = "state-store";
    private const string ReadSecret = "state-store-read";

    /// <summary>Everything in the order of applying: the namespace holds the rest, and a child looks for its source in its own namespace.</summary>
    public static string Flux(ClusterSite site) => Stream(NamespaceObject(), FluxSecret(site), GitRepository(site), Root(site));

    /// <summary>The two Kustomizations that Kratix documents, resources after dependencies.</summary>
    public static string FluxForKratix(ClusterSite site)
    {
        var resources = Kustomization("kratix-workload-resources", site.Below("resources"));
        resources["spec"]!["dependsOn"] = new JsonArray(new JsonObject { ["name"] = "kratix-workload-dependencies" });
        return Stream(NamespaceObject(), FluxSecret(site), GitRepository(site), Kustomization("kratix-workload-dependencies", site.Below("dependencies")), resources);
    }

    /// <summary>One Application for each directory of a placement; a directory that goes takes its Application and its objects with it.</summary>
    public static string Argocd(ClusterSite site)
    {
        var template = Application("pl-{{.path.basenameNormalized}}", site, "{{.path.path}}");
        template.Remove("apiVersion");
        template.Remove("kind");
        var metadata = (JsonObject)template["metadata"]!;
        metadata.Remove("namespace");
        ((JsonObject)metadata["labels"]!)["promises.dev/placement"] = "{{.path.basenameNormalized}}";

        var set = Object("argoproj.io/v1alpha1", "ApplicationSet", "platform-placements", "argocd");
        set["spec"] = new JsonObject
        {
            ["goTemplate"] = true,
            ["goTemplateOptions"] = new JsonArray("missingkey=error"),
            ["generators"] = new JsonArray(new JsonObject
            {
                ["git"] = new JsonObject
                {
                    ["repoURL"] = RepositoryUrls.ForAgents(site),
                    ["revision"] = site.Branch,
                    ["directories"] = new JsonArray(new JsonObject { ["path"] = site.Below("placements/*") }),
                },
            }),
            ["template"] = template,
        };
        return Stream(ArgocdSecret(site), set);
    }

    public static string ArgocdForKratix(ClusterSite site) => Stream(
        ArgocdSecret(site),
        Application("kratix-workload-dependencies", site, site.Below("dependencies")),
        Application("kratix-workload-resources", site, site.Below("resources")));

    public static JsonObject Object(string apiVersion, string kind, string name, string? space = Namespace)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (space is not null) metadata["namespace"] = space;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }

    private static string Stream(params JsonObject[] objects) => string.Join("---\n", objects.Select(YamlPrinter.Print));

    private static JsonObject NamespaceObject() => Object("v1", "Namespace", Namespace, space: null);

    private static JsonObject FluxSecret(ClusterSite site)
    {
        var secret = Object("v1", "Secret", ReadSecret);
        secret["type"] = "Opaque";
        secret["stringData"] = RepositoryUrls.IsSsh(site)
            ? new JsonObject { ["identity"] = "<private key>", ["known_hosts"] = "<the host's keys, from ssh-keyscan>" }
            : new JsonObject { ["username"] = "git", ["password"] = "<read token>" };
        return secret;
    }

    private static JsonObject GitRepository(ClusterSite site)
    {
        var repository = Object("source.toolkit.fluxcd.io/v1", "GitRepository", Source);
        repository["spec"] = new JsonObject
        {
            ["url"] = RepositoryUrls.ForAgents(site),
            ["ref"] = new JsonObject { ["branch"] = site.Branch },
            ["interval"] = "30s",
            ["timeout"] = "60s",
            ["secretRef"] = new JsonObject { ["name"] = ReadSecret },
        };
        return repository;
    }

    private static JsonObject Root(ClusterSite site)
    {
        var root = Kustomization("promises-root", site.Below("flux"));
        var spec = root["spec"]!;
        spec["retryInterval"] = "1m";
        spec["timeout"] = "3m";
        spec["wait"] = false;
        return root;
    }

    private static JsonObject Kustomization(string name, string path)
    {
        var kustomization = Object(FluxChild.ApiVersion, "Kustomization", name);
        kustomization["spec"] = new JsonObject
        {
            ["sourceRef"] = new JsonObject { ["kind"] = "GitRepository", ["name"] = Source },
            ["path"] = "./" + path,
            ["interval"] = "10m",
            ["prune"] = true,
            // Deleting it by mistake must not empty the cluster.
            ["deletionPolicy"] = "Orphan",
        };
        return kustomization;
    }

    private static JsonObject ArgocdSecret(ClusterSite site)
    {
        var secret = Object("v1", "Secret", ReadSecret, "argocd");
        secret["metadata"]!["labels"] = new JsonObject { ["argocd.argoproj.io/secret-type"] = "repository" };
        var data = new JsonObject { ["type"] = "git", ["url"] = RepositoryUrls.ForAgents(site) };
        if (RepositoryUrls.IsSsh(site)) data["sshPrivateKey"] = "<private key>";
        else (data["username"], data["password"]) = ("git", "<read token>");
        secret["stringData"] = data;
        return secret;
    }

    private static JsonObject Application(string name, ClusterSite site, string path)
    {
        var application = Object("argoproj.io/v1alpha1", "Application", name, "argocd");
        var metadata = application["metadata"]!;
        metadata["labels"] = new JsonObject { ["promises.dev/cluster"] = site.Cluster };
        metadata["finalizers"] = new JsonArray("resources-finalizer.argocd.argoproj.io");
        application["spec"] = new JsonObject
        {
            ["project"] = "default",
            ["source"] = new JsonObject
            {
                ["repoURL"] = RepositoryUrls.ForAgents(site),
                ["targetRevision"] = site.Branch,
                ["path"] = path,
                ["directory"] = new JsonObject { ["recurse"] = true, ["include"] = "{*.yaml,*.yml}" },
            },
            ["destination"] = new JsonObject { ["server"] = "https://kubernetes.default.svc" },
            ["syncPolicy"] = new JsonObject
            {
                ["automated"] = new JsonObject { ["prune"] = true, ["selfHeal"] = true, ["allowEmpty"] = true },
                ["syncOptions"] = new JsonArray("ServerSideApply=true", "SkipDryRunOnMissingResource=true"),
            },
        };
        return application;
    }
}
