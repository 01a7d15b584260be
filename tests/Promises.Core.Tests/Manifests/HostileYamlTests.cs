using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

public sealed class HostileYamlTests
{
    public static TheoryData<string, string> Texts { get; } = new()
    {
        { "open lists", new string('[', 4_000_000) },
        { "open maps", new string('{', 4_000_000) },
        { "open maps with keys", string.Concat(Enumerable.Repeat("{a: ", 1_000_000)) },
        { "keys marked", string.Concat(Enumerable.Repeat("? ", 2_000_000)) },
        { "dashes", string.Concat(Enumerable.Repeat("- ", 2_000_000)) },
        { "colons", string.Concat(Enumerable.Repeat("a: ", 1_000_000)) },
        { "commas", "[" + new string(',', 4_000_000) },
        { "blanks", new string(' ', 4_000_000) + "a" },
        { "empty lines", "a:" + new string('\n', 4_000_000) },
        { "tabs", "a:" + new string('\t', 4_000_000) },
        { "comment", "#" + new string('x', 4_000_000) },
        { "many comments", string.Concat(Enumerable.Repeat("#\n", 2_000_000)) },
        { "open quote", "a: \"" + new string('x', 4_000_000) },
        { "escapes", "a: \"" + string.Concat(Enumerable.Repeat("\\x41", 1_000_000)) + "\"" },
        { "plain over lines", "a: " + string.Concat(Enumerable.Repeat("x\n ", 1_300_000)) },
        { "block of breaks", "a: |\n" + string.Concat(Enumerable.Repeat("  x\n\n", 600_000)) },
        { "folded", "a: >\n" + string.Concat(Enumerable.Repeat("  x\n", 800_000)) },
        { "anchors", string.Concat(Enumerable.Repeat("- &a 1\n", 500_000)) },
        { "one long anchor", "&" + new string('a', 4_000_000) + " 1" },
        { "one long tag", "!" + new string('a', 4_000_000) + " 1" },
        { "directives", string.Concat(Enumerable.Repeat("%TAG !a! tag:a,2000:\n", 150_000)) + "--- 1" },
        { "documents", string.Concat(Enumerable.Repeat("---\n", 1_000_000)) },
        { "keys", string.Concat(Enumerable.Range(0, 300_000).Select(i => $"k{i}: 1\n")) },
        { "merges", "x: &x {a: 1}\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"k{i}: {{<<: *x}}\n")) },
        { "keys in flow", "{" + string.Concat(Enumerable.Repeat("\"a\" ", 900_000)) },
        { "control characters", new string('\x01', 4_000_000) },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Reading_ends_soon_whatever_four_megabytes_say(string name, string text)
    {
        // Each takes about a second at most; what grows with the square of the length would take hours.
        var clock = Stopwatch.StartNew();
        var outcome = Yaml(text);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), name);
        TestContext.Current.SendDiagnosticMessage($"{name}: {clock.ElapsedMilliseconds} ms, {outcome.Failure?.GetType().Name}");
    }

    [Fact]
    public void Reading_answers_with_an_outcome_for_any_text()
    {
        string[] pieces = ["a", "b: ", "- ", "\n", "\n  ", " ", "[", "]", "{", "}", ",", "? ", ": ", "&x ", "*x", "!!str ", "! ", "!t ", "|", ">-\n", "'", "\"", "\\", "#", "---\n", "...\n", "%TAG ", "<<: ", "\t", "\r", "0x", "~", "\uFEFF", "\u2028", "é", "😀", "@", "`"];
        var texts = Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary();

        Prop.ForAll(texts, text => Yaml(text) is { } outcome && (outcome.Succeeded || outcome.Failure is not null)).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void Reading_answers_with_an_outcome_for_any_bytes_as_JSON()
    {
        string[] pieces = ["{", "}", "[", "]", "\"a\"", ":", ",", "1", "-", "e9", ".", "null", "\"\\ud800\"", "\"\\", "0e99999999999", " "];
        var texts = Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary();

        Prop.ForAll(texts, text => Json(text) is { } outcome && (outcome.Succeeded || outcome.Failure is not null)).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }
}
