using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Promises.Manifests;

namespace Promises.Core.Tests.Manifests;

/// <summary>Random documents full of what YAML readers are known to misread.</summary>
internal static class JsonNodes
{
    public static IReadOnlyList<string> NastyTexts { get; } =
    [
        "", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", " a", "a ", "a\n", "a\n\n", "\na", "\n a", " a\nb", "\ta\nb", "a\n b\n", "a\n\n  b", "a \nb", "a\nb ", "a\n \nb", "a\n\t\nb",
        "a\r\nb", "a\tb", "a\n\tb\n", "yes", "No", "ON", "off", "y", "N", "true", "False", "null", "Null", "~", "nil", "none", "NaN", ".nan", ".NaN", ".inf", "-.INF", "+.inf", "inf",
        "0", "1", "-1", "+1", "007", "0644", "089", "0o17", "0x1F", "0b11", "1_000", "1e3", "1E3", "1e+3", "1.0", "1.", ".5", "-.5", "1e999", "1:30", "1:30:00", "190:20:30.15", "2001-12-14",
        "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "=", "<<", "-", "--", "---", "--- a", "...", "- a", "-a", "--a", "?", "? a", ":", ": a", "a:", "a: b", "a:b", "a #b", "a#b",
        "#", "# a", "&a", "*a", "!a", "!!str a", "|", ">", "|-\n a", "%", "%YAML 1.2", "@a", "`a", "'", "\"", "'a'", "\"a\"", "a'b", "a\"b", "\\", "a\\nb", "{", "}", "[", "]", "{}", "[]", ",", "a, b", "{a: b}",
        "[a]", "a]", "10Gi", "100m", "5s", "1d", "$ref", "${VAR}", "/healthz", "$(A)", "é", "日本語", "😀", "a😀\nb", "\u00A0", "a\u00A0b", "\u200B", "a\u200Db", "\u202Eabc", "\uFEFF", "a\uFEFFb", "\u2028", "a\u2029b",
        "\uE000", "\uFFFE", "\uFFFF", "+argocd:skip-file-rendering", "x\n# +argocd:skip-file-rendering\ny", "---\nkind: X\n---\n", "#!/bin/sh\nset -e\n", "key: |\n  a\n", "\u00E9\u0301", "\U000E0001",
    ];

    private static Gen<string> Texts { get; } = Gen.Frequency(
        (6, Gen.Elements(NastyTexts.AsEnumerable())),
        (3, Gen.Elements(NastyTexts.AsEnumerable()).ListOf(4).Select(string.Concat)),
        (3, Gen.Elements([" ", "\n", "\t", ":", "#", "-", "a", "b", "'", "\"", "\\", "1", "é", ".", "_", "e", "x"]).ListOf().Select(string.Concat)));

    private static Gen<JsonNode?> Numbers { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<long>().Select(n => (JsonNode?)JsonValue.Create(n)),
        ArbMap.Default.GeneratorFor<ulong>().Select(n => (JsonNode?)JsonValue.Create(n)),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(n => (JsonNode?)JsonValue.Create(n.Get)),
        ArbMap.Default.GeneratorFor<decimal>().Select(n => (JsonNode?)JsonValue.Create(n)),
        Gen.Elements("0", "1e3", "1E+25", "1e300", "5e-324", "-0.0", "0.1", "1.10", "1e-7", "123456789012345678901234567890", "100000000000000000000000000000").Select(n => JsonNode.Parse(n)));

    private static Gen<JsonNode?> Scalars { get; } = Gen.Frequency(
        (6, Texts.Select(t => (JsonNode?)JsonValue.Create(t))),
        (2, Numbers),
        (1, Gen.Elements(true, false).Select(b => (JsonNode?)JsonValue.Create(b))),
        (1, Gen.Constant<JsonNode?>(null)));

    public static Arbitrary<JsonNode> Documents { get; } = Node(4).Where(n => n is not null).Select(n => n!).ToArbitrary();

    private static Gen<JsonNode?> Node(int depth) => depth == 0 ? Scalars : Gen.Frequency(
        (2, Scalars),
        (2, Node(depth - 1).ListOf().Resize(5).Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())]))),
        (3, Gen.Zip(Texts, Node(depth - 1)).ListOf().Resize(5).Select(pairs => (JsonNode?)Map(pairs))));

    private static JsonObject Map(IEnumerable<(string Key, JsonNode? Value)> pairs)
    {
        var map = new JsonObject();
        foreach (var (key, value) in pairs) map[key] = value?.DeepClone();
        return map;
    }

    public static bool Same(JsonNode? a, JsonNode? b) => CanonicalJson.Write(a) == CanonicalJson.Write(b);
}
