using Promises.Selectors;

namespace Promises.Model.Documents;

/// <summary>Reads a map of labels, as objects carry them and as selectors ask for them.</summary>
internal static class LabelMap
{
    public const string KeyRemedy =
        "Use [prefix/]name; name is 1 to 63 of A-Z a-z 0-9 . _ -, beginning and ending with a letter or digit.";

    public const string NameRemedy = "Use 1 to 63 of a-z 0-9 -, beginning and ending with a letter or digit.";

    public const string ValueRemedy =
        "Use up to 63 of A-Z a-z 0-9 . _ -, beginning and ending with a letter or digit, or nothing.";

    public static SortedDictionary<string, string> Read(FieldReader owner, string field)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (owner.Object(field) is not { } reader) return labels;
        foreach (var (key, node) in reader.Source)
        {
            if (!LabelRules.IsKey(key)) reader.Error(key, Rules.LabelKey, KeyRemedy);
            if (node is null || reader.String(key) is not { } value) continue;
            if (!LabelRules.IsValue(value)) reader.Error(key, Rules.LabelValue, ValueRemedy);
            else if (LabelRules.IsKey(key)) labels[key] = value;
        }

        return labels;
    }
}
