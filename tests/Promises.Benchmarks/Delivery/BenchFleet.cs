using System.Globalization;
using System.Text.Json.Nodes;

namespace Promises.Benchmarks.Delivery;

/// <summary>Twenty Promises with five objects each, four of them on every cluster; one more waits for a label. Others reach 1, 10, 100 and all clusters.</summary>
internal static class BenchFleet
{
    private const int Promises = 20;
    private const int PerCluster = 4;

    public static string ClusterName(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number:0000}");

    public static string Stream(int clusters, string store)
    {
        var documents = new JsonArray();
        for (var i = 0; i < Promises; i++) documents.Add(Promise($"p{i}", Selector($"p{i}", "yes"), 5, 300, 1));
        documents.Add(Promise("team", Selector("team", "A"), 5, 300, 1));
        for (var i = 0; i < clusters; i++) documents.Add(Cluster(i, store));
        return documents.ToJsonString();
    }

    /// <summary>Ten objects of 2 KB for the first so many clusters.</summary>
    public static string Bulk(int clusters, int revision) => Promise($"bulk-{clusters}", Selector($"bulk-{clusters}", "yes"), 10, 2_000, revision).ToJsonString();

    private static JsonObject Cluster(int number, string store)
    {
        var labels = new JsonObject();
        for (var i = 0; i < PerCluster; i++) labels[$"p{((number * 7) + (i * (Promises / PerCluster))) % Promises}"] = "yes";
        foreach (var count in (int[])[1, 10, 100, 1_000])
        {
            if (number < count) labels[$"bulk-{count}"] = "yes";
        }

        return new JsonObject
        {
            ["kind"] = "Cluster",
            ["metadata"] = new JsonObject { ["name"] = ClusterName(number), ["labels"] = labels },
            ["spec"] = new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store } },
        };
    }

    private static JsonObject Promise(string name, JsonObject selector, int objects, int size, int revision)
    {
        var dependencies = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["revision"] = $"r{revision}" } },
        });
        for (var i = 1; i < objects; i++)
        {
            // Text that does not compress to nothing, as real manifests do not.
            var text = string.Concat(Enumerable.Range(1, size / 9).Select(word => Word(word * (i + (revision * 31)))));
            dependencies.Add(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = $"config-{i}", ["namespace"] = name },
                ["data"] = new JsonObject { ["text"] = text },
            });
        }

        return new JsonObject
        {
            ["kind"] = "Promise",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["placement"] = new JsonObject { ["clusterSelector"] = selector }, ["dependencies"] = dependencies },
        };
    }

    private static string Word(int number) => string.Create(CultureInfo.InvariantCulture, $"{unchecked((uint)number * 2_654_435_761):x8} ");

    private static JsonObject Selector(string key, string value) => new() { ["matchLabels"] = new JsonObject { [key] = value } };
}
