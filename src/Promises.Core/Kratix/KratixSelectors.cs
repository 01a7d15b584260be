using System.Text.Json.Nodes;
using Promises.Model.Documents;
using Promises.Selectors;

namespace Promises.Kratix;

/// <summary>
/// Selectors of Kratix: the entries are squashed to one map in which the first of equal keys wins; of 2022, one plain map. Nothing selected means every
/// destination but those with <c>strictMatchLabels</c> and labels of their own.
/// </summary>
internal static class KratixSelectors
{
    private static readonly LabelSelector Unselected = new(
        new SortedDictionary<string, string>(StringComparer.Ordinal),
        [new("promises.dev/strict-match-labels", SelectorOperator.DoesNotExist, [])]);

    public static LabelSelector Read(FieldReader spec)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in spec.Objects("destinationSelectors"))
        {
            foreach (var (key, value) in LabelMap.Read(entry, "matchLabels")) merged.TryAdd(key, value);
            entry.Done();
        }

        var requirements = Old(spec, merged);
        return merged.Count == 0 && requirements.Count == 0 ? Unselected : new(merged, requirements);
    }

    /// <summary>A plain map; some documents of the time have a selector as Kubernetes knows it.</summary>
    private static IReadOnlyList<Requirement> Old(FieldReader spec, SortedDictionary<string, string> merged)
    {
        if (spec.Node("clusterSelector") is JsonObject { Count: > 0 } map
            && map.All(m => m is { Key: "matchLabels", Value: JsonObject } or { Key: "matchExpressions", Value: JsonArray }))
        {
            var selector = SelectorReader.Read(spec, "clusterSelector")!;
            foreach (var (key, value) in selector.MatchLabels) merged.TryAdd(key, value);
            return selector.MatchExpressions;
        }

        foreach (var (key, value) in LabelMap.Read(spec, "clusterSelector")) merged.TryAdd(key, value);
        return [];
    }
}
