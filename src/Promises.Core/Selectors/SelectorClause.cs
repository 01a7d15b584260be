namespace Promises.Selectors;

/// <summary>One condition of a selector, judged.</summary>
/// <param name="Found">The label's value; null where the label is absent.</param>
public sealed record SelectorClause(string Key, SelectorOperator Operator, IReadOnlyList<string> Values, string? Found, bool Passed)
{
    /// <summary>The condition in the string form of selectors: <c>team=A</c>, <c>tier in (a,b)</c>, <c>!edge</c>.</summary>
    public string Text => LabelSelectors.Text(new Requirement(Key, Operator, Values));
}
