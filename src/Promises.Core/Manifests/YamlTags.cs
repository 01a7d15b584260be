using YamlDotNet.Core;

namespace Promises.Manifests;

/// <summary>The tags that are honoured: YAML's core schema.</summary>
internal static class YamlTags
{
    private const string Prefix = "tag:yaml.org,2002:";

    /// <summary>The short name of a core tag, empty if there is no tag, <c>str</c> for <c>!</c>; null if the tag is not taken.</summary>
    public static string? Core(TagName tag)
    {
        if (tag.IsEmpty) return "";
        if (tag.IsNonSpecific) return "str";
        return tag.Value.StartsWith(Prefix, StringComparison.Ordinal)
            && tag.Value[Prefix.Length..] is "str" or "int" or "float" or "bool" or "null" or "map" or "seq"
            ? tag.Value[Prefix.Length..] : null;
    }

    /// <summary>What a scalar means under a core tag; null where it cannot be that.</summary>
    public static YamlScalar? Read(string tag, string text)
    {
        var scalar = YamlScalar.Plain(text);
        return tag switch
        {
            "str" => new YamlScalar(ScalarKind.String, text),
            "int" when scalar.Kind == ScalarKind.Number && scalar.Text.AsSpan().IndexOfAny('.', 'e') < 0 => scalar,
            "float" when scalar.Kind is ScalarKind.Number or ScalarKind.NotFinite => scalar,
            "bool" when scalar.Kind == ScalarKind.Boolean => scalar,
            "null" when scalar.Kind == ScalarKind.Null => scalar,
            _ => null,
        };
    }
}
