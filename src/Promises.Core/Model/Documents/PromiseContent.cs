using System.Text.Json.Nodes;
using Promises.Manifests;
using Promises.Selectors;

namespace Promises.Model.Documents;

/// <summary>
/// The content of a revision as text: canonical JSON of the spec in our form. Equal content is equal text, whatever the order of members or the
/// formatting it was sent in.
/// </summary>
public static class PromiseContent
{
    public static string Write(PromiseSpec spec) => CanonicalJson.Write(FleetDocuments.PromiseSpecJson(spec));

    /// <summary><c>sha256:</c> over the text.</summary>
    public static string Digest(PromiseSpec spec) => CanonicalJson.Digest(Write(spec));

    /// <summary>Reads what <see cref="Write"/> wrote. It is not checked again: a stricter rule of tomorrow must not break a revision of today.</summary>
    public static PromiseSpec Read(string text)
    {
        var spec = CanonicalJson.Read(text);
        return new(
            (string?)spec["version"], Placement(spec["placement"]!.AsObject()), References(spec["includes"]), References(spec["requires"]),
            [.. Objects(spec["provides"]).Select(c => new Capability((string)c["capability"]!, (bool?)c["exclusive"] ?? false))],
            [.. Objects(spec["dependencies"]).Select(d => (JsonObject)d.DeepClone())],
            (JsonObject?)spec["kratix"]?.DeepClone());
    }

    private static PlacementRule Placement(JsonObject placement) => new(
        placement["clusterSelector"] is JsonObject selector ? Selector(selector) : null,
        (bool?)placement["allClusters"] ?? false,
        (bool?)placement["onlyIncluded"] ?? false,
        [.. Objects(placement["tolerations"]).Select(Toleration)],
        Enum.Parse<OnUnmatch>((string)placement["onUnmatch"]!));

    private static Toleration Toleration(JsonObject toleration)
    {
        var exists = (string?)toleration["operator"] == "Exists";
        return new((string?)toleration["key"], exists, exists ? null : (string?)toleration["value"] ?? "");
    }

    private static LabelSelector Selector(JsonObject selector)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in selector["matchLabels"] as JsonObject ?? []) labels[key] = (string)value!;
        return new(labels, [.. Objects(selector["matchExpressions"]).Select(e => new Requirement(
            (string)e["key"]!, Enum.Parse<SelectorOperator>((string)e["operator"]!), [.. (e["values"] as JsonArray ?? []).Select(v => (string)v!)]))]);
    }

    private static List<PromiseReference> References(JsonNode? list) =>
        [.. Objects(list).Select(r => new PromiseReference((string)r["promise"]!, (string?)r["version"] is { } range ? Range(range) : null))];

    private static VersionRange Range(string text) =>
        VersionRange.TryParse(text, out var range, out var remedy) ? range : throw new FormatException($"The stored range '{text}' cannot be read. {remedy}");

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>();
}
