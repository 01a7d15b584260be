using Promises.Selectors;

namespace Promises.Model.Documents;

internal static class TolerationReader
{
    private static readonly (string, bool)[] Operators = [("Exists", true), ("Equal", false)];
    private static readonly (string, bool)[] Effects = [("NoPlacement", true)];

    public static IReadOnlyList<Toleration> Read(FieldReader placement) =>
        [.. placement.Objects("tolerations").Select(One).Distinct()
            .OrderBy(t => t.Key, StringComparer.Ordinal).ThenBy(t => t.Exists).ThenBy(t => t.Value, StringComparer.Ordinal)];

    private static Toleration One(FieldReader reader)
    {
        var (key, exists, value) = (reader.String("key"), reader.Word("operator", Operators) ?? false, reader.String("value"));
        reader.Word("effect", Effects);
        reader.Done();
        if (key is { Length: 0 }) key = null;
        if (key is not null && !LabelRules.IsKey(key)) reader.Error("key", Rules.LabelKey, LabelMap.KeyRemedy);
        if (value is not null && !LabelRules.IsValue(value)) reader.Error("value", Rules.LabelValue, LabelMap.ValueRemedy);
        if (!reader.Has("key") && !exists) reader.Error("key", Rules.Required, "Name the key, or say operator: Exists to tolerate every taint.");
        if (exists && value is { Length: > 0 }) reader.Error("value", Rules.Selector, "Exists takes no value; leave it out.");
        return new(key, exists, exists ? null : value ?? "");
    }
}
