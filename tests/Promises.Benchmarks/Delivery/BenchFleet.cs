using System.Globalization;
using System.Text.Json.Nodes;

namespace Promises.Benchmarks.Delivery;

/// <summary>Documents of made-up fleets. A Promise selects the clusters that have its name as a label.</summary>
internal static class BenchFleet
{
    private const int Promises = 20;
    private const int PerCluster = 4;

    private static readonly int[] s_bulks = [1, 10, 100, 1_000];

    public static string ClusterName(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number:0000}");

    /// <summary>Twenty Promises with five objects each, four of them on every cluster; one more waits for a label. Others can reach 1, 10, 100 and all clusters.</summary>
    public static IEnumerable<JsonObject> Label(int clusters, Func<int, string> store)
    {
        for (var i = 0; i < Promises; i++) yield return Promise($"p{i}");
        yield return Promise("team", value: "A");
        for (var i = 0; i < clusters; i++)
        {
            var number = i;
            var mine = Enumerable.Range(0, PerCluster).Select(n => $"p{((number * 7) + (n * (Promises / PerCluster))) % Promises}");
            var bulk = s_bulks.Where(count => number < count).Select(count => $"bulk-{count}");
            yield return Cluster(i, store(i), [.. mine, .. bulk]);
        }
    }

    /// <summary>Ten objects of 2 KB for the first so many clusters.</summary>
    public static string Bulk(int clusters, int revision) => Promise($"bulk-{clusters}", 10, 2_000, revision).ToJsonString();

    /// <param name="branch">Null for the default.</param>
    public static JsonObject Store(string name, string url, string? branch = null, string writer = "git")
    {
        var git = new JsonObject { ["url"] = url, ["writer"] = writer };
        if (branch is not null) git["branch"] = branch;
        return new JsonObject { ["kind"] = "StateStore", ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = new JsonObject { ["git"] = git } };
    }

    public static JsonObject Cluster(int number, string store, IEnumerable<string> labels) => new()
    {
        ["kind"] = "Cluster",
        ["metadata"] = new JsonObject
        {
            ["name"] = ClusterName(number),
            ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label, (JsonNode?)JsonValue.Create("yes")))),
        },
        ["spec"] = new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store } },
    };

    /// <param name="size">Bytes of each object, about.</param>
    /// <param name="value">Of the label with its name.</param>
    public static JsonObject Promise(string name, int objects = 5, int size = 300, int revision = 1, string value = "yes") => Promise(
        name, new JsonObject { ["clusterSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [name] = value } } }, objects, size, revision);

    public static JsonObject Promise(string name, JsonObject placement, int objects, int size, int revision)
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
            ["spec"] = new JsonObject { ["placement"] = placement, ["dependencies"] = dependencies },
        };
    }

    private static string Word(int number) => string.Create(CultureInfo.InvariantCulture, $"{unchecked((uint)number * 2_654_435_761):x8} ");
}
