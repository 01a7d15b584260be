using System.Globalization;
using System.Text.Json.Nodes;
using Promises.Selectors;

namespace Promises.Model.Documents;

// Specs written back in our form, so that what is read can be sent again. Empty lists and absent parts are left out.
public static partial class FleetDocuments
{
    public static JsonObject ClusterSpecJson(Cluster cluster)
    {
        var spec = new JsonObject
        {
            ["environment"] = cluster.Environment,
            ["stateStore"] = new JsonObject { ["name"] = cluster.StateStore, ["path"] = cluster.Path },
            ["agent"] = cluster.Agent.ToString().ToLowerInvariant(),
        };
        Add(spec, "provider", cluster.Provider);
        Add(spec, "region", cluster.Region);
        spec["cordoned"] = cluster.Cordoned;
        Add(spec, "taints", cluster.Taints.Select(t => Taint(t)));
        if (cluster.NodePools is not null) spec["nodePools"] = JsonNode.Parse(cluster.NodePools);
        if (cluster.StrictMatchLabels) spec["strictMatchLabels"] = true;
        return spec;
    }

    public static JsonObject EnvironmentSpecJson(Environment environment) =>
        new() { ["position"] = environment.Position, ["audience"] = environment.Audience.ToString().ToLowerInvariant() };

    public static JsonObject StateStoreSpecJson(StateStore store)
    {
        var spec = new JsonObject();
        if (store.Spec().Git is { } git)
        {
            var json = new JsonObject { ["url"] = git.Url, ["branch"] = git.Branch };
            Add(json, "credentialsRef", git.CredentialsRef);
            Add(json, "signingKeyRef", git.SigningKeyRef);
            json["author"] = Identity(git.Author);
            if (git.Committer is not null) json["committer"] = Identity(git.Committer);
            if (git.Mode == DeliveryMode.Proposal) json["mode"] = "proposal";
            if (git.Writer == GitWriter.Direct) json["writer"] = "direct";
            if (git.Path.Length > 0) json["path"] = git.Path;
            spec["git"] = json;
        }
        else if (store.Writer == GitWriter.Git)
        {
            spec["embedded"] = new JsonObject { ["writer"] = "git" };
        }

        spec["layout"] = store.Layout.ToString().ToLowerInvariant();
        return spec;
    }

    /// <summary>What may be shown of a credential: never the secret.</summary>
    public static JsonObject CredentialSpecJson(Credential credential)
    {
        var spec = new JsonObject { ["type"] = credential.Type };
        if (credential.Type == CredentialSpec.Token) spec["username"] = credential.Username;
        return spec;
    }

    public static JsonObject TokenSpecJson(AccessToken token)
    {
        var spec = new JsonObject { ["role"] = token.Role.ToString().ToLowerInvariant() };
        Add(spec, "expiresAt", token.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        return spec;
    }

    public static JsonObject PromotionSpecJson(PromotionSpec promotion)
    {
        var spec = new JsonObject { ["from"] = promotion.From, ["to"] = promotion.To };
        if (promotion.All) spec["all"] = true;
        Add(spec, "promises", promotion.Promises.Select(p => (JsonNode)p));
        Add(spec, "note", promotion.Note);
        return spec;
    }

    public static JsonObject PromiseSpecJson(PromiseSpec promise)
    {
        var spec = new JsonObject();
        Add(spec, "version", promise.Version);
        spec["placement"] = PlacementJson(promise.Placement);
        Add(spec, "includes", promise.Includes.Select(Reference));
        Add(spec, "requires", promise.Requires.Select(Reference));
        Add(spec, "provides", promise.Provides.Select(c => new JsonObject { ["capability"] = c.Name, ["exclusive"] = c.Exclusive }));
        spec["dependencies"] = new JsonArray([.. promise.Dependencies.Select(d => d.DeepClone())]);
        if (promise.Kratix is not null) spec["kratix"] = promise.Kratix.DeepClone();
        return spec;
    }

    public static JsonObject SelectorJson(LabelSelector selector)
    {
        var json = new JsonObject();
        if (selector.MatchLabels.Count > 0)
            json["matchLabels"] = new JsonObject(selector.MatchLabels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        Add(json, "matchExpressions", selector.MatchExpressions.Select(Expression));
        return json;
    }

    private static JsonObject PlacementJson(PlacementRule placement)
    {
        var json = new JsonObject();
        if (placement.Selector is not null) json["clusterSelector"] = SelectorJson(placement.Selector);
        if (placement.AllClusters) json["allClusters"] = true;
        if (placement.OnlyIncluded) json["onlyIncluded"] = true;
        Add(json, "tolerations", placement.Tolerations.Select(Toleration));
        json["onUnmatch"] = placement.OnUnmatch.ToString();
        return json;
    }

    private static JsonObject Taint(Taint taint)
    {
        var json = new JsonObject { ["key"] = taint.Key };
        if (taint.Value.Length > 0) json["value"] = taint.Value;
        json["effect"] = "NoPlacement";
        return json;
    }

    private static JsonObject Toleration(Toleration toleration)
    {
        var json = new JsonObject();
        Add(json, "key", toleration.Key);
        json["operator"] = toleration.Exists ? "Exists" : "Equal";
        Add(json, "value", toleration.Value);
        return json;
    }

    private static JsonObject Expression(Requirement requirement)
    {
        var json = new JsonObject { ["key"] = requirement.Key, ["operator"] = requirement.Operator.ToString() };
        Add(json, "values", requirement.Values.Select(v => (JsonNode)v));
        return json;
    }

    private static JsonObject Reference(PromiseReference reference)
    {
        var json = new JsonObject { ["promise"] = reference.Promise };
        Add(json, "version", reference.Range?.ToString());
        return json;
    }

    private static JsonObject Identity(GitIdentity identity) => new() { ["name"] = identity.Name, ["email"] = identity.Email };

    private static void Add(JsonObject json, string field, string? value)
    {
        if (value is not null) json[field] = value;
    }

    private static void Add(JsonObject json, string field, IEnumerable<JsonNode> items)
    {
        if (new JsonArray([.. items]) is { Count: > 0 } list) json[field] = list;
    }
}
