using System.Text.Json.Nodes;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>The fewest labels to set or take away for a selector to match a cluster.</summary>
internal static class LabelRemedies
{
    // For a label that only has to exist, and perhaps not to be one of some values.
    private static readonly string[] s_anyValue = ["true", "yes", "on", "1"];

    /// <summary>Null where there is no selector, or it matches.</summary>
    public static Remedy? For(ClusterState cluster, RevisionState revision, EffectiveLabels labels)
    {
        if (revision.Placement.Selector is not { } selector) return null;
        var missed = LabelSelectors.Requirements(selector).ToLookup(requirement => requirement.Key, StringComparer.Ordinal)
            .Where(key => !key.All(requirement => LabelSelectors.Matches(requirement, labels)))
            .OrderBy(key => key.Key, StringComparer.Ordinal).ToList();
        if (missed.Count == 0) return null;

        var derived = missed.Select(key => key.Key).Where(LabelRules.IsReserved).ToList();
        if (derived.Count > 0)
        {
            return new Remedy(
                $"{string.Join(", ", derived)} {(derived.Count == 1 ? "follows" : "follow")} from what cluster {cluster.Name} is and cannot be set; "
                + $"only another cluster, or another selector of {revision.Promise}, would match.",
                null);
        }

        var changes = new List<(string Key, string? Value)>();
        foreach (var key in missed)
        {
            if (!TryFind([.. key], out var value))
                return new Remedy($"No value of label {key.Key} satisfies {string.Join(" and ", key.Select(LabelSelectors.Text))}: change the selector of {revision.Promise}.", null);
            changes.Add((key.Key, value));
        }

        return new Remedy(Message(cluster, changes), Request(cluster, changes));
    }

    /// <summary>Null is found where the label has to go.</summary>
    private static bool TryFind(List<Requirement> requirements, out string? value)
    {
        value = null;
        if (requirements.TrueForAll(requirement => LabelSelectors.Holds(requirement, null))) return true;
        var values = requirements.Find(requirement => requirement.Operator == SelectorOperator.In)?.Values ?? s_anyValue;
        value = values.FirstOrDefault(candidate => requirements.TrueForAll(requirement => LabelSelectors.Holds(requirement, candidate)));
        return value is not null;
    }

    private static string Message(ClusterState cluster, List<(string Key, string? Value)> changes)
    {
        var set = Phrase([.. changes.Where(change => change.Value is not null).Select(change => $"{change.Key}={change.Value}")]);
        var remove = Phrase([.. changes.Where(change => change.Value is null).Select(change => change.Key)]);
        return remove is null ? $"Set {set} on cluster {cluster.Name}."
            : set is null ? $"Remove {remove} from cluster {cluster.Name}."
            : $"Set {set} on cluster {cluster.Name} and remove {remove} from it.";
    }

    private static string? Phrase(List<string> labels) => labels.Count == 0 ? null : $"{(labels.Count == 1 ? "label" : "labels")} {string.Join(", ", labels)}";

    private static RemedyRequest Request(ClusterState cluster, List<(string Key, string? Value)> changes)
    {
        var path = $"/clusters/{cluster.Name}";
        if (changes is [var (key, value)])
        {
            return value is null
                ? new RemedyRequest("DELETE", $"{path}/labels/{key}", null)
                : new RemedyRequest("PUT", $"{path}/labels/{key}", new JsonObject { ["value"] = value });
        }

        var labels = new JsonObject(changes.Select(change => KeyValuePair.Create(change.Key, (JsonNode?)change.Value)));
        return new RemedyRequest("PATCH", path, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } });
    }
}
