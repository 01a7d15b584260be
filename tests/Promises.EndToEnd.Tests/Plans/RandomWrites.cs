using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Plans;

/// <summary>Writes of every kind on a small and quarrelsome fleet, so that placements come, move, stay behind, block each other and go.</summary>
internal sealed class RandomWrites(Random random)
{
    private static readonly string[] s_promises = ["a", "b", "c", "d", "e"];
    private static readonly string[] s_objects = ["x", "y", "z"];
    private int _clusters;

    public List<string> Clusters { get; } = [];

    public JsonObject NewCluster(string store = "default")
    {
        var name = $"c{++_clusters}";
        Clusters.Add(name);
        var environment = random.Next(3) == 0 ? "apps" : "ops";
        var taints = random.Next(6) == 0 ? """, "taints": [{"key": "dedicated", "value": "ml", "effect": "NoPlacement"}]""" : "";
        return Fleet.Cluster(
            name, Labels(), $$"""
            "environment": "{{environment}}", "stateStore": {"name": "{{store}}"}, "agent": "{{(random.Next(4) == 0 ? "argocd" : "flux")}}" {{taints}}
            """);
    }

    public JsonObject NewPromise(string name)
    {
        var later = s_promises[(Array.IndexOf(s_promises, name) + 1)..];
        var placement = random.Next(8) switch
        {
            0 => """  "allClusters": true  """,
            1 => """  "onlyIncluded": true  """,
            2 => """  "clusterSelector": {"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}, {"key": "team", "operator": "In", "values": ["A", "B"]}]}  """,
            3 => """  "clusterSelector": {"matchLabels": {"promises.dev/agent": "flux", "team": "B"}}  """,
            _ => Fleet.Selecting("team", "A"),
        };
        if (random.Next(3) == 0) placement += """, "onUnmatch": "Withdraw" """;
        if (random.Next(3) == 0) placement += """, "tolerations": [{"operator": "Exists"}] """;
        var spec = new List<string>();
        if (later.Length > 0 && random.Next(3) == 0) spec.Add($$""" "requires": [{"promise": "{{later[random.Next(later.Length)]}}"}] """);
        if (later.Length > 0 && random.Next(3) == 0) spec.Add($$""" "includes": [{"promise": "{{later[random.Next(later.Length)]}}"}] """);
        if (random.Next(4) == 0) spec.Add(""" "provides": [{"capability": "ingress", "exclusive": true}] """);
        var objects = s_objects.Where(_ => random.Next(3) == 0).Select(item => $"{item}={random.Next(2)}").Append($"{name}={random.Next(3)}").Where(_ => random.Next(10) > 0);
        return Fleet.Promise(name, placement, string.Join(',', objects), string.Join(',', spec));
    }

    public (string Method, string Path, JsonNode? Body) Next()
    {
        var cluster = Clusters[random.Next(Clusters.Count)];
        var promise = s_promises[random.Next(s_promises.Length)];
        switch (random.Next(18))
        {
            case 0:
                return ("POST", "/clusters", NewCluster(random.Next(2) == 0 ? "default" : "classic"));
            case 1 when Clusters.Count > 3:
                Clusters.Remove(cluster);
                return ("DELETE", $"/clusters/{cluster}?files={(random.Next(3) == 0 ? "keep" : "remove")}", null);
            case 2:
                return ("PATCH", $"/clusters/{cluster}", Fleet.Node($$"""{"spec": {"agent": "{{(random.Next(2) == 0 ? "flux" : "argocd")}}"} }"""));
            case 3:
                return ("PATCH", $"/clusters/{cluster}", Fleet.Node($$"""{"spec": {"cordoned": {{(random.Next(2) == 0 ? "true" : "false")}} } }"""));
            case 4 or 5 or 6:
                return ("PUT", $"/clusters/{cluster}/labels/team", Fleet.Node($$"""{"value": "{{"ABC"[random.Next(3)]}}"}"""));
            case 7:
                return ("DELETE", $"/clusters/{cluster}/labels/team", null);
            case 8:
                return ("PATCH", $"/clusters/{cluster}", Fleet.Node($$"""{"metadata": {"labels": {"team": "A", "tier": {{(random.Next(2) == 0 ? "null" : "\"gold\"")}} } } }"""));
            case 9 or 10:
                return ("POST", "/promotions", Fleet.Node("""{"spec": {"from": "ops", "to": "apps", "all": true}}"""));
            case 11:
                return ("DELETE", $"/promises/{promise}", null);
            case 12:
                return ("DELETE", $"/placements/{promise}.{cluster}", null);
            case 13:
                return ("POST", "/apply", new JsonArray(NewPromise(promise), NewCluster()));
            default:
                return ("PUT", $"/promises/{promise}", NewPromise(promise));
        }
    }

    private string Labels() => string.Join(',', new[] { "team=A", "team=B", "tier=gold" }.Where(_ => random.Next(2) == 0).DistinctBy(label => label[..4]));
}
