using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Promises.Model;
using Promises.Selectors;

namespace Promises.Scheduling;

/// <summary>A cluster's own labels and those derived from it: what selectors see.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "Labels are what everybody calls them.")]
public sealed class EffectiveLabels(ClusterState cluster, Audience? audience) : IReadOnlyDictionary<string, string>
{
    private static readonly string[] s_derived =
    [
        "promises.dev/agent", "promises.dev/audience", "promises.dev/environment", "promises.dev/name", "promises.dev/provider", "promises.dev/region",
        "promises.dev/strict-match-labels",
    ];

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no label {key}.");

    public IEnumerable<string> Keys => this.Select(label => label.Key);

    public IEnumerable<string> Values => this.Select(label => label.Value);

    public int Count => cluster.Labels.Count + s_derived.Count(key => Derived(key) is not null);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        if (!LabelRules.IsReserved(key)) return cluster.Labels.TryGetValue(key, out value);
        value = Derived(key);
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        foreach (var label in cluster.Labels) yield return label;
        foreach (var key in s_derived)
        {
            if (Derived(key) is { } value) yield return new(key, value);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string? Derived(string key) => key switch
    {
        "promises.dev/name" => cluster.Name,
        "promises.dev/environment" => cluster.Environment,
        "promises.dev/audience" => audience switch { Audience.Internal => "internal", Audience.External => "external", _ => null },
        "promises.dev/provider" => cluster.Provider,
        "promises.dev/region" => cluster.Region,
        "promises.dev/agent" => cluster.Agent == Agent.Flux ? "flux" : "argocd",
        // As in Kratix, strictness concerns only clusters that have labels of their own.
        "promises.dev/strict-match-labels" => cluster.StrictMatchLabels && cluster.Labels.Count > 0 ? "true" : null,
        _ => null,
    };
}
