using System.Globalization;

namespace Promises.Selectors;

/// <summary>Operators of the string form, which knows two that documents do not: greater and less than an integer.</summary>
public enum QueryOperator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan }

/// <summary>One condition of a query.</summary>
/// <param name="Values">Sorted by ordinal, distinct; one base-10 integer for GreaterThan and LessThan.</param>
public sealed record QueryRequirement(string Key, QueryOperator Operator, IReadOnlyList<string> Values)
{
    public bool Holds(string? found) => Operator switch
    {
        QueryOperator.In => found is not null && Values.Contains(found, StringComparer.Ordinal),
        QueryOperator.NotIn => found is null || !Values.Contains(found, StringComparer.Ordinal),
        QueryOperator.Exists => found is not null,
        QueryOperator.DoesNotExist => found is null,
        QueryOperator.GreaterThan => Compare(found) > 0,
        _ => Compare(found) < 0,
    };

    public override string ToString() => Operator switch
    {
        QueryOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        QueryOperator.In => $"{Key} in ({string.Join(',', Values)})",
        QueryOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        QueryOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        QueryOperator.Exists => Key,
        QueryOperator.DoesNotExist => $"!{Key}",
        QueryOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    /// <summary>0, which is neither greater nor less, where the label is not a number.</summary>
    private int Compare(string? found) =>
        found is not null && Number(found) is { } left && Number(Values[0]) is { } right ? left.CompareTo(right) : 0;

    internal static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A selector in its string form, parsed: what the query parameter <c>labelSelector</c> holds.</summary>
public sealed class LabelQuery(IReadOnlyList<QueryRequirement> requirements)
{
    public IReadOnlyList<QueryRequirement> Requirements { get; } = requirements;

    /// <summary>Whether all conditions hold; none at all match everything.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        Requirements.All(requirement => requirement.Holds(labels.TryGetValue(requirement.Key, out var found) ? found : null));

    /// <summary>The canonical text: conditions sorted by key, values sorted; equal texts mean equal queries.</summary>
    public override string ToString() => string.Join(',', Requirements.OrderBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.ToString(), StringComparer.Ordinal));
}
