using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Promises.Manifests;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

public sealed class YamlPrinterTests
{
    [Fact]
    public void Print_puts_what_a_reader_looks_for_first_and_sorts_the_rest()
    {
        var printed = YamlPrinter.Print(JsonNode.Parse("""
            {"spec": {"replicas": 2, "args": ["--flag", "-v", {"b": [], "a": {}}, [1, [true, null]]], "kind": "x"}, "kind": "Deployment", "data": {"on": "yes", "a.b/c-d": "10Gi", "port": "8080"},
             "metadata": {"name": "web", "labels": {"a": "é"}}, "apiVersion": "apps/v1"}
            """));

        printed.ShouldBe("""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              labels:
                a: é
              name: web
            data:
              a.b/c-d: 10Gi
              "on": "yes"
              port: "8080"
            spec:
              args:
              - --flag
              - "-v"
              - a: {}
                b: []
              - - 1
                - - true
                  - null
              kind: x
              replicas: 2

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("a\nb\n", "a: |\n  a\n  b\n")]
    [InlineData("a\nb", "a: |-\n  a\n  b\n")]
    [InlineData("a\n\n\n", "a: |+\n  a\n\n\n")]
    [InlineData("  a\nb\n", "a: |2\n    a\n  b\n")]
    [InlineData("\n\n\ta\nb", "a: |2-\n\n\n  \ta\n  b\n")]
    [InlineData("a \nb", "a: \"a \\nb\"\n")]
    [InlineData("a\n  \nb", "a: \"a\\n  \\nb\"\n")]
    [InlineData("a\r\nb", "a: \"a\\r\\nb\"\n")]
    [InlineData("a\u202Eb", "a: \"a\\u202eb\"\n")]
    [InlineData("\u0085", "a: \"\\x85\"\n")]
    [InlineData("\U000E0001", "a: \"\\U000e0001\"\n")]
    [InlineData("x +argocd:skip-file-rendering y", "a: \"x \\x2bargocd:skip-file-rendering y\"\n")]
    [InlineData("x\n+argocd:skip-file-rendering\n", "a: \"x\\n\\x2bargocd:skip-file-rendering\\n\"\n")]
    public void Print_chooses_the_form_of_a_text(string text, string printed)
    {
        YamlPrinter.Print(new JsonObject { ["a"] = text }).ShouldBe(printed);
    }

    [Theory]
    [InlineData("y Y n N yes No ON off TRUE false null Null nil None NaN inf Infinity ~ = << - ? .inf -.INF .nan 0 -1 +1 0644 0o17 0x1F 0b1 1_000 1e3 1.5 .5 1:30 1:30:00 2001-12-14 0.0.0 1k2 1e")]
    public void Print_quotes_what_any_reader_could_take_for_something_else(string texts)
    {
        foreach (var text in texts.Split(' '))
        {
            YamlPrinter.Print(JsonValue.Create(text)).ShouldBe($"\"{text}\"\n");
            YamlPrinter.Print(new JsonObject { [text] = 1 }).ShouldBe($"\"{text}\": 1\n");
        }
    }

    [Theory]
    [InlineData("1e3", "1000")]
    [InlineData("1.0", "1")]
    [InlineData("-0.0", "0")]
    [InlineData("0.000012", "0.000012")]
    [InlineData("1.5e-7", "1.5e-7")]
    [InlineData("1e300", "1.0e+300")]
    [InlineData("1E+21", "1000000000000000000000")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    public void Print_writes_numbers_so_that_every_reader_takes_them_for_numbers(string number, string printed)
    {
        YamlPrinter.Print(JsonNode.Parse(number)).ShouldBe(printed + "\n");
    }

    [Fact]
    public void Read_after_print_gives_the_same_value()
    {
        Prop.ForAll(JsonNodes.Documents, node => JsonNodes.Same(One(YamlPrinter.Print(node)), node)).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Read_after_canonical_JSON_gives_the_same_value()
    {
        Prop.ForAll(JsonNodes.Documents, node => JsonNodes.Same(Json(CanonicalJson.Write(node)).Value[0].Content, node)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Print_does_not_depend_on_the_order_of_keys()
    {
        Prop.ForAll(JsonNodes.Documents, node => YamlPrinter.Print(Reversed(node)) == YamlPrinter.Print(node)).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public void Print_is_plain_text_without_the_marker_that_hides_files()
    {
        Prop.ForAll(JsonNodes.Documents, node =>
        {
            var printed = YamlPrinter.Print(node);
            return printed.EndsWith('\n') && !printed.Contains("+argocd:skip-file-rendering", StringComparison.Ordinal)
                && !printed.Any(c => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\uFEFF' or '\u2028' or '\u202E' or '\u200B');
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Key_that_is_too_long_for_a_simple_one_is_still_read_back()
    {
        var node = new JsonObject { [new string('\u200B', 341)] = new JsonObject { ["a"] = new JsonArray(1) }, ["z"] = "x\ny\n" };

        JsonNodes.Same(One(YamlPrinter.Print(node)), node).ShouldBeTrue();
    }

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Reverse().Select(pair => KeyValuePair.Create(pair.Key, Reversed(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Reversed)]),
        _ => node?.DeepClone(),
    };
}
