using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>The fewest labels to set or take away for a selector to match a cluster.</summary>
internal static class LabelRemedies
{
    // For a label that only has to exist, and perhaps not to be one of some values.
    private static readonly string[] s_anyValue = ["true", "yes", "on", "1"];

    // What a cluster is can be put right where it is wrong; its name and environment are for good.
    private static readonly Dictionary<string, string> s_facts = new(StringComparer.Ordinal)
    {
        ["promises.dev/provider"] = "provider",
        ["promises.dev/region"] = "region",
        ["promises.dev/agent"] = "agent",
    };

    public static void Add(Cure cure, RevisionState revision, EffectiveLabels labels)
    {
        if (revision.Placement.Selector is not { } selector) return;
        var missed = LabelSelectors.Requirements(selector).ToLookup(requirement => requirement.Key, StringComparer.Ordinal)
            .Where(key => !key.All(requirement => LabelSelectors.Matches(requirement, labels)))
            .OrderBy(key => key.Key, StringComparer.Ordinal).ToList();

        var derived = missed.Select(key => key.Key).Where(key => LabelRules.IsReserved(key) && !s_facts.ContainsKey(key)).ToList();
        if (derived.Count > 0)
        {
            cure.Advise(
                $"{string.Join(", ", derived)} {(derived.Count == 1 ? "follows" : "follow")} from what cluster {cure.Cluster.Name} is and cannot be set; "
                + $"only another cluster, or another selector of {revision.Promise}, would match.");
            return;
        }

        var changes = new List<(string Key, string? Value)>();
        foreach (var key in missed)
        {
            if (!TryFind(key.Key, [.. key], out var value))
            {
                cure.Advise($"No value of label {key.Key} satisfies {string.Join(" and ", key.Select(LabelSelectors.Text))}: change the selector of {revision.Promise}.");
                return;
            }

            changes.Add((key.Key, value));
        }

        Add(cure, changes);
    }

    private static void Add(Cure cure, List<(string Key, string? Value)> changes)
    {
        foreach (var (key, value) in changes)
        {
            if (!s_facts.TryGetValue(key, out var field)) cure.Label(key, value);
            else cure.Spec(field, value, cluster => With(cluster, field, value));
        }

        foreach (var message in Messages(cure.Cluster.Name, changes)) cure.Say(message);
    }

    private static ClusterState With(ClusterState cluster, string field, string? value) => field switch
    {
        "provider" => cluster with { Provider = value },
        "region" => cluster with { Region = value },
        _ => cluster with { Agent = value == "argocd" ? Agent.Argocd : Agent.Flux },
    };

    /// <summary>Null is found where the label has to go.</summary>
    private static bool TryFind(string key, List<Requirement> requirements, out string? value)
    {
        value = null;
        var agent = key == "promises.dev/agent";
        if (!agent && requirements.TrueForAll(requirement => LabelSelectors.Holds(requirement, null))) return true;
        var values = agent ? ["argocd", "flux"] : requirements.Find(requirement => requirement.Operator == SelectorOperator.In)?.Values ?? s_anyValue;
        // An empty provider or region is none.
        value = values.FirstOrDefault(candidate =>
            (candidate.Length > 0 || !s_facts.ContainsKey(key)) && requirements.TrueForAll(requirement => LabelSelectors.Holds(requirement, candidate)));
        return value is not null;
    }

    private static IEnumerable<string> Messages(string cluster, List<(string Key, string? Value)> changes)
    {
        var labels = changes.Where(change => !s_facts.ContainsKey(change.Key)).ToList();
        var set = Phrase([.. labels.Where(change => change.Value is not null).Select(change => $"{change.Key}={change.Value}")]);
        var remove = Phrase([.. labels.Where(change => change.Value is null).Select(change => change.Key)]);
        if (set is not null && remove is not null) yield return $"Set {set} on cluster {cluster} and remove {remove} from it.";
        else if (set is not null) yield return $"Set {set} on cluster {cluster}.";
        else if (remove is not null) yield return $"Remove {remove} from cluster {cluster}.";

        foreach (var (key, value) in changes.Where(change => s_facts.ContainsKey(change.Key)))
            yield return value is null ? $"Take the {s_facts[key]} off cluster {cluster}." : $"Make {value} the {s_facts[key]} of cluster {cluster}.";
    }

    private static string? Phrase(List<string> labels) => labels.Count == 0 ? null : $"{(labels.Count == 1 ? "label" : "labels")} {string.Join(", ", labels)}";
}
