using System.Text.Json.Nodes;
using Promises.Selectors;

namespace Promises.Model.Documents;

/// <summary>Reads a Kubernetes label selector. Values come out sorted and distinct, expressions in one order, so that equal selectors are equal.</summary>
internal static class SelectorReader
{
    /// <summary>Null where absent or no object.</summary>
    public static LabelSelector? Read(FieldReader owner, string field)
    {
        if (owner.Object(field) is not { } reader) return null;
        var labels = LabelMap.Read(reader, "matchLabels");
        var requirements = reader.Objects("matchExpressions").Select(Expression).OfType<Requirement>()
            .OrderBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.Operator).ThenBy(r => string.Join(',', r.Values), StringComparer.Ordinal).ToList();
        reader.Done();
        return new(labels, requirements);
    }

    private static Requirement? Expression(FieldReader expression)
    {
        var errors = expression.Findings.Errors.Count;
        var (key, word) = (expression.String("key", required: true), expression.String("operator", required: true));
        var values = expression.Strings("values");
        var hasValues = expression.Node("values") is JsonArray { Count: > 0 };
        expression.Done();
        if (key is not null && !LabelRules.IsKey(key)) expression.Error("key", Rules.LabelKey, LabelMap.KeyRemedy);
        foreach (var (text, pointer) in values.Where(v => !LabelRules.IsValue(v.Text)))
            expression.Findings.Error(pointer, text, Rules.LabelValue, LabelMap.ValueRemedy);

        if (word is null) return null;
        SelectorOperator? parsed = word switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            _ => null,
        };
        if (parsed is not { } op)
            expression.Error("operator", Rules.Selector, "Use In, NotIn, Exists or DoesNotExist.");
        else if (op is SelectorOperator.In or SelectorOperator.NotIn && !hasValues && expression.Findings.Errors.Count == errors)
            expression.Error("values", Rules.Selector, $"{op} needs at least one value.");
        else if (op is SelectorOperator.Exists or SelectorOperator.DoesNotExist && hasValues)
            expression.Error("values", Rules.Selector, $"{op} takes no values; leave them out.");
        return key is null || parsed is null || expression.Findings.Errors.Count > errors
            ? null
            : new(key, parsed.Value, [.. values.Select(v => v.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
