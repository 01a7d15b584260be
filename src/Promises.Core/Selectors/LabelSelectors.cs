namespace Promises.Selectors;

/// <summary>What a <see cref="LabelSelector"/> means: exactly the semantics of Kubernetes.</summary>
public static class LabelSelectors
{
    /// <summary>The selector as a flat list: each entry of matchLabels is an <c>In</c> of one value. Ordered by key, matchLabels first.</summary>
    public static IReadOnlyList<Requirement> Requirements(LabelSelector selector) =>
    [
        .. selector.MatchLabels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => new Requirement(label.Key, SelectorOperator.In, [label.Value])),
        .. selector.MatchExpressions,
    ];

    /// <summary>Whether all conditions hold; a selector without conditions matches everything, no selector nothing.</summary>
    public static bool Matches(LabelSelector? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is null) return false;
        foreach (var (key, value) in selector.MatchLabels)
        {
            if (!labels.TryGetValue(key, out var found) || found != value) return false;
        }

        foreach (var requirement in selector.MatchExpressions)
        {
            if (!Matches(requirement, labels)) return false;
        }

        return true;
    }

    internal static bool Matches(Requirement requirement, IReadOnlyDictionary<string, string> labels) =>
        Holds(requirement, labels.TryGetValue(requirement.Key, out var found) ? found : null);

    /// <summary>Whether the condition holds for this value of its key; null where the label is absent.</summary>
    public static bool Holds(Requirement requirement, string? found) => requirement.Operator switch
    {
        SelectorOperator.In => found is not null && Contains(requirement.Values, found),
        SelectorOperator.NotIn => found is null || !Contains(requirement.Values, found),
        SelectorOperator.Exists => found is not null,
        SelectorOperator.DoesNotExist => found is null,
        var other => throw new ArgumentOutOfRangeException(nameof(requirement), other, "There is no such operator."),
    };

    /// <summary>Every condition with what was found, in the order of <see cref="Requirements"/>.</summary>
    public static IReadOnlyList<SelectorClause> Explain(LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        [.. Requirements(selector).Select(requirement => Explain(requirement, labels))];

    /// <summary>The string form; conditions in the order of <see cref="Requirements"/>, joined by commas.</summary>
    public static string Text(LabelSelector selector) => string.Join(',', Requirements(selector).Select(Text));

    public static string Text(Requirement requirement) => requirement.Operator switch
    {
        SelectorOperator.In when requirement.Values.Count == 1 => $"{requirement.Key}={requirement.Values[0]}",
        SelectorOperator.In => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
        SelectorOperator.NotIn when requirement.Values.Count == 1 => $"{requirement.Key}!={requirement.Values[0]}",
        SelectorOperator.NotIn => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
        SelectorOperator.Exists => requirement.Key,
        _ => $"!{requirement.Key}",
    };

    private static SelectorClause Explain(Requirement requirement, IReadOnlyDictionary<string, string> labels)
    {
        var found = labels.TryGetValue(requirement.Key, out var value) ? value : null;
        return new SelectorClause(requirement.Key, requirement.Operator, requirement.Values, found, Holds(requirement, found));
    }

    private static bool Contains(IReadOnlyList<string> values, string value)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] == value) return true;
        }

        return false;
    }
}
