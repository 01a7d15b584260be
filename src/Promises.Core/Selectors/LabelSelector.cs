namespace Promises.Selectors;

public enum SelectorOperator { In, NotIn, Exists, DoesNotExist }

/// <summary>One expression on one label key.</summary>
/// <param name="Values">Sorted by ordinal, distinct; empty for Exists and DoesNotExist.</param>
public sealed record Requirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values);

/// <summary>
/// A Kubernetes label selector, validated: all of <see cref="MatchLabels"/> and all of <see cref="MatchExpressions"/> must hold.
/// </summary>
public sealed record LabelSelector(IReadOnlyDictionary<string, string> MatchLabels, IReadOnlyList<Requirement> MatchExpressions);
