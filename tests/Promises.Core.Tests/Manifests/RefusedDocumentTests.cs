using System.Text;
using Promises.Manifests;
using Promises.Model;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

/// <summary>What is parseable but forbidden, each with its rule and its place.</summary>
public sealed class RefusedDocumentTests
{
    [Theory]
    [InlineData("a: {b: 1, b: 2}", "/a/b", Rules.DuplicateKey)]
    [InlineData("1: a\n'1': b", "/1", Rules.DuplicateKey)]
    [InlineData("x/y: {~a: 1, ~a: 2}", "/x~1y/~0a", Rules.DuplicateKey)]
    [InlineData("- a: &x {b: 1}\n- <<: *x\n  <<: {c: 1}", "/1/<<", Rules.DuplicateKey)]
    [InlineData("a: !!binary aGVsbG8=", "/a", Rules.YamlTag)]
    [InlineData("a: !!timestamp 2001-12-14", "/a", Rules.YamlTag)]
    [InlineData("a: !!set {b}", "/a", Rules.YamlTag)]
    [InlineData("a: [0, !mine {b: 1}]", "/a/1", Rules.YamlTag)]
    [InlineData("a: !<tag:example.com,2000:x> 1", "/a", Rules.YamlTag)]
    [InlineData("!!python/object:x {a: 1}", "", Rules.YamlTag)]
    [InlineData("a: !!int x", "/a", Rules.WrongType)]
    [InlineData("a: !!int 1.5", "/a", Rules.WrongType)]
    [InlineData("a: !!map [1]", "/a", Rules.WrongType)]
    [InlineData("a: !!str {b: 1}", "/a", Rules.WrongType)]
    [InlineData("a: .inf", "/a", Rules.WrongType)]
    [InlineData("a: -.Inf", "/a", Rules.WrongType)]
    [InlineData("a: .NaN", "/a", Rules.WrongType)]
    [InlineData("a: {~: 1}", "/a", Rules.WrongType)]
    [InlineData("a: {[1, 2]: 1}", "/a", Rules.WrongType)]
    [InlineData("a: &x [1]\nb: {*x : 1}", "/b", Rules.WrongType)]
    [InlineData("a: {<<: 1}", "/a/<<", Rules.WrongType)]
    [InlineData("a: 1e-400", "/a", Rules.Range)]
    [InlineData("a: &x [*x]", "/a/0", Rules.Aliases)]
    [InlineData("a: \"x\\u0007\"", "/a", Rules.ControlCharacter)]
    [InlineData("a: \"\\0\"", "/a", Rules.ControlCharacter)]
    [InlineData("a: \"\\N\"", "/a", Rules.ControlCharacter)]
    [InlineData("\"\\x7f\": a", "/\x7f", Rules.ControlCharacter)]
    [InlineData("a: [x, y\x07z]", "/a/1", Rules.ControlCharacter)]
    [InlineData("a: |\n  x\0y\n", "/a", Rules.ControlCharacter)]
    [InlineData("a: 1 # \x1b[31m", "", Rules.ControlCharacter)]
    [InlineData("a: 1\n\0b: [", "", Rules.ControlCharacter)]
    public void Yaml_when_it_holds_what_readers_disagree_about_is_refused_where_it_stands(string yaml, string pointer, string rule)
    {
        var error = Error(Yaml(yaml));

        (error.Pointer, error.Rule, error.Document).ShouldBe((pointer, rule, 0));
        error.Remedy.ShouldNotBeEmpty();
        (error.Value ?? "").Any(char.IsControl).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"a": {"b": 1, "b": 2}}""", "/a/b", Rules.DuplicateKey)]
    [InlineData("""{"a": 1, "\u0061": 2}""", "/a", Rules.DuplicateKey)]
    [InlineData("""[{"a": "x\u0007"}]""", "/0/a", Rules.ControlCharacter)]
    [InlineData("""{"a": "\ud800"}""", "/a", Rules.ControlCharacter)]
    [InlineData("""{"a": "\u0085"}""", "/a", Rules.ControlCharacter)]
    [InlineData("""{"a": 1e999}""", "/a", Rules.Range)]
    [InlineData("null", "", Rules.WrongType)]
    public void Json_is_held_to_the_same_rules(string json, string pointer, string rule)
    {
        var error = Error(Json(json));

        (error.Pointer, error.Rule, error.Document).ShouldBe((pointer, rule, null));
    }

    [Fact]
    public void All_mistakes_of_all_documents_are_reported_at_once()
    {
        Errors(Yaml("a: !x 1\nb: .nan\n---\nc: 1\nc: 2\n")).Select(e => (e.Document, e.Pointer, e.Rule)).ShouldBe(
            [(0, "/a", Rules.YamlTag), (0, "/b", Rules.WrongType), (1, "/c", Rules.DuplicateKey)]);
    }

    [Fact]
    public void Mistakes_beyond_a_hundred_end_the_reading()
    {
        Errors(Yaml(string.Concat(Enumerable.Repeat("- .nan\n", 200)))).Count.ShouldBe(DocumentLimits.Errors);
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, Rules.TooDeep)]
    [InlineData(100_000, Rules.TooDeep)]
    public void Depth_of_64_is_the_last_that_is_taken(int depth, string? rule)
    {
        var flow = new string('[', depth) + new string(']', depth);
        foreach (var outcome in new[] { Yaml(flow), Json(flow), Yaml(string.Concat(Enumerable.Repeat("- ", Math.Min(depth, 2000))) + "a") })
        {
            if (rule is null) outcome.Succeeded.ShouldBeTrue();
            else Error(outcome).Rule.ShouldBe(rule);
        }
    }

    [Fact]
    public void Depth_counts_what_an_alias_brings()
    {
        var half = new string('[', 40) + new string(']', 40);

        Error(Yaml($"a: &x {half}\nb: {new string('[', 30)}*x{new string(']', 30)}\n")).Rule.ShouldBe(Rules.TooDeep);
    }

    [Fact]
    public void Depth_counts_within_a_key_that_is_left_out()
    {
        Errors(Yaml($"? {new string('[', 5000)}"))[^1].Rule.ShouldBe(Rules.TooDeep);
    }

    [Fact]
    public void Alias_bomb_is_refused_by_its_rule_and_without_being_built()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        var before = GC.GetAllocatedBytesForCurrentThread();
        Error(Yaml(bomb.ToString())).Rule.ShouldBe(Rules.Aliases);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public void Aliases_of_one_long_text_are_counted_by_their_characters()
    {
        Error(Yaml($"a: &x {new string('x', 300_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*x", 20))}]\n")).Rule.ShouldBe(Rules.Aliases);
    }

    [Fact]
    public void Aliases_are_counted_over_the_whole_stream()
    {
        var document = $"a: &x [{string.Join(", ", Enumerable.Repeat("1", 999))}]\nb: [{string.Join(", ", Enumerable.Repeat("*x", 60))}]\n---\n";

        Yaml(document).Succeeded.ShouldBeTrue();
        Error(Yaml(document + document)).Rule.ShouldBe(Rules.Aliases);
    }

    [Theory]
    [InlineData(99_999, true)]
    [InlineData(100_000, false)]
    public void Values_of_a_document_are_counted(int items, bool taken)
    {
        var list = "[" + string.Join(",", Enumerable.Repeat("1", items)) + "]";

        foreach (var outcome in new[] { Yaml(list), Json(list) })
        {
            if (taken) outcome.Succeeded.ShouldBeTrue();
            else Error(outcome).Rule.ShouldBe(Rules.TooLong);
        }
    }

    [Fact]
    public void Stream_of_more_than_500_documents_is_refused()
    {
        Yaml(string.Concat(Enumerable.Repeat("a: 1\n---\n", 500))).Value.Count.ShouldBe(500);
        Error(Yaml(string.Concat(Enumerable.Repeat("a: 1\n---\n", 501)))).Rule.ShouldBe(Rules.TooLong);
    }

    [Fact]
    public void Keys_and_texts_that_are_too_long_are_refused()
    {
        // 1024 characters of two bytes each: bytes count.
        Error(Yaml($"? {new string('k', 1025)}\n: 1")).Rule.ShouldBe(Rules.TooLong);
        Error(Yaml($"{new string('é', 600)}: 1")).Rule.ShouldBe(Rules.TooLong);
        Yaml($"a: {new string('x', 512 * 1024)}").Succeeded.ShouldBeTrue();
        Error(Yaml($"a: {new string('x', (512 * 1024) + 1)}")).ShouldSatisfyAllConditions(e => e.Rule.ShouldBe(Rules.TooLong), e => e.Pointer.ShouldBe("/a"));
        Error(Json($$"""{"a": "{{new string('é', 300_000)}}"}""")).Rule.ShouldBe(Rules.TooLong);
        Error(Json($$"""{"a": {{new string('9', 300)}}}""")).Rule.ShouldBe(Rules.Range);
    }

    [Fact]
    public void Content_over_4_MiB_is_too_large()
    {
        DocumentReader.Read(new byte[Limits.RequestBytes + 1], DocumentFormat.Yaml).Failure.ShouldBeOfType<Failure.TooLarge>();
    }

    [Theory]
    [InlineData("""{"a": 1,}""")]
    [InlineData("""{"a": 1} {"b": 2}""")]
    [InlineData("// no\n{}")]
    [InlineData("")]
    public void Json_when_not_parseable_names_line_and_column(string json)
    {
        Json(json).Failure.ShouldBeOfType<Failure.Malformed>().Detail.ShouldMatch(@"line \d+, column \d+");
    }

    [Fact]
    public void Json_numbers_and_texts_keep_their_values()
    {
        var content = Json("""{"big": 123456789012345678901234567890, "small": 0.1, "unsigned": 18446744073709551615, "text": "a/b\tä😀", "none": null}""").Value[0].Content;

        CanonicalJson.Write(content).ShouldBe("""{"big":123456789012345678901234567890,"none":null,"small":0.1,"text":"a/b\tä😀","unsigned":18446744073709551615}""");
        content["unsigned"]!.GetValue<ulong>().ShouldBe(ulong.MaxValue);
        content["small"]!.GetValue<decimal>().ShouldBe(0.1m);
    }
}
