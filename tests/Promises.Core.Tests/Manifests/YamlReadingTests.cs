using Promises.Manifests;
using Promises.Model;
using static Promises.Core.Tests.Manifests.Documents;

namespace Promises.Core.Tests.Manifests;

public sealed class YamlReadingTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("yes", "true")]
    [InlineData("On", "true")]
    [InlineData("OFF", "false")]
    [InlineData("y", "\"y\"")]
    [InlineData("N", "\"N\"")]
    [InlineData("yEs", "\"yEs\"")]
    [InlineData("12", "12")]
    [InlineData("+12", "12")]
    [InlineData("-0", "0")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("-0x1f", "-31")]
    [InlineData("0b101", "5")]
    [InlineData("0o17", "15")]
    [InlineData("0644", "420")]
    [InlineData("089", "89")]
    [InlineData("0", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1e3", "1000")]
    [InlineData("1e300", "1.0e+300")]
    [InlineData("2.5E-9", "2.5e-9")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("12345678e1234567", "\"12345678e1234567\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("2001-12-14", "\"2001-12-14\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("._5", "\"._5\"")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("'12'", "\"12\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("! 12", "\"12\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("!!int \"12\"", "12")]
    [InlineData("!!float 1", "1")]
    [InlineData("!!bool 'yes'", "true")]
    [InlineData("!!null ''", "null")]
    [InlineData("=", "\"=\"")]
    public void Plain_scalar_when_read_means_what_Kubernetes_tools_take_it_for(string scalar, string json)
    {
        CanonicalJson.Write(Object($"a: {scalar}")["a"]).ShouldBe(json);
    }

    [Fact]
    public void Documents_when_empty_or_only_comments_are_left_out()
    {
        var documents = Yaml("# nothing\n---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").Value;

        documents.Select(d => (d.Index, d.Content.ToJsonString())).ShouldBe([(0, """{"a":1}"""), (1, """{"b":2}""")]);
    }

    [Fact]
    public void Content_with_BOM_and_CRLF_is_read_as_without()
    {
        Object("\uFEFFa: |\r\n  x\r\n  y\r\nb: 1\r\n").ToJsonString().ShouldBe("""{"a":"x\ny\n","b":1}""");
    }

    [Fact]
    public void Keys_that_are_numbers_or_booleans_become_strings()
    {
        Object("1: a\n0x10: b\n1.50: c\non: d\nn: e\n").ToJsonString().ShouldBe("""{"1":"a","16":"b","1.5":"c","true":"d","n":"e"}""");
    }

    [Fact]
    public void Aliases_are_expanded_into_copies()
    {
        Object("a: &x {b: [1]}\nc: *x\nd: &x 2\ne: *x\n").ToJsonString().ShouldBe("""{"a":{"b":[1]},"c":{"b":[1]},"d":2,"e":2}""");
    }

    [Fact]
    public void Merge_key_adds_what_the_mapping_does_not_have()
    {
        Object("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\n")["z"]!.ToJsonString().ShouldBe("""{"a":0,"b":1,"c":2}""");
    }

    [Fact]
    public void Quoted_merge_key_is_an_ordinary_key()
    {
        Object("\"<<\": {a: 1}\n").ToJsonString().ShouldBe("""{"\u003C\u003C":{"a":1}}""");
    }

    [Fact]
    public void Syntax_error_names_line_and_column()
    {
        Yaml("a: 1\nb: [1, 2\nc: 3\n").Failure.ShouldBeOfType<Failure.Malformed>().Detail.ShouldContain("line 3, column 1");
    }

    [Fact]
    public void Alias_without_its_anchor_is_malformed()
    {
        Yaml("a: 1\nb: *nobody\n").Failure.ShouldBeOfType<Failure.Malformed>().Detail.ShouldContain("line 2, column 4");
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_malformed()
    {
        Yaml("a: \"\\uD800x\"\n").Failure.ShouldBeOfType<Failure.Malformed>();
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_malformed()
    {
        DocumentReader.Read(new byte[] { 0x61, 0x3A, 0x20, 0xFF }, DocumentFormat.Yaml).Failure.ShouldBeOfType<Failure.Malformed>();
    }
}
