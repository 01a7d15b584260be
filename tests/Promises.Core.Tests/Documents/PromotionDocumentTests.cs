using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class PromotionDocumentTests
{
    [Theory]
    [InlineData("""{"to": "apps", "all": true}""", "/spec/from", "required")]
    [InlineData("""{"from": "ops", "all": true}""", "/spec/to", "required")]
    [InlineData("""{"from": "ops", "to": "apps"}""", "/spec/promises", "required")]
    [InlineData("""{"from": "ops", "to": "apps", "promises": []}""", "/spec/promises", "required")]
    [InlineData("""{"from": "ops", "to": "apps", "promises": ["a"], "all": true}""", "/spec/promises", "required")]
    [InlineData("""{"from": "ops", "to": "apps", "promises": ["a", "a"]}""", "/spec/promises/1", "duplicate-key")]
    [InlineData("""{"from": "ops", "to": "apps", "promises": [7]}""", "/spec/promises/0", "wrong-type")]
    [InlineData("""{"from": "ops", "to": "apps", "promises": "a"}""", "/spec/promises", "wrong-type")]
    [InlineData("""{"from": "ops", "to": "apps", "promise": "a", "all": true}""", "/spec/promise", "unknown-field")]
    [InlineData("""{"from": "ops", "to": "apps", "all": "yes", "promises": ["a"]}""", "/spec/all", "wrong-type")]
    public void Promotion_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail($$"""{"spec": {{spec}} }""", "Promotion", pointer, rule);

    [Theory]
    [InlineData("""{"metadata": "x", "spec": {"from": "a", "to": "b", "all": true}}""", "/metadata", "wrong-type")]
    [InlineData("""{"metadata": {"nam": "x"}, "spec": {"from": "a", "to": "b", "all": true}}""", "/metadata/nam", "unknown-field")]
    public void Mistake_in_metadata_is_refused(string json, string pointer, string rule) => Reading.ShouldFail(json, "Promotion", pointer, rule);

    [Fact]
    public void Name_of_its_own_is_warned_of() =>
        Reading.WarningsOf(Reading.Read<PromotionDocument>("""{"metadata": {"name": "x", "uid": "u"}, "spec": {"from": "a", "to": "b", "all": true}}""", "Promotion"))
            .ShouldBe(["no-effect /metadata/name"]);

    [Fact]
    public void Note_over_1024_characters_is_too_long() =>
        Reading.ShouldFail($$"""{"spec": {"from": "ops", "to": "apps", "all": true, "note": "{{new string('n', 1025)}}"} }""", "Promotion", "/spec/note", "too-long");

    [Fact]
    public void Promotion_is_read_and_written_back()
    {
        const string json = """{"from":"ops","to":"apps","promises":["b","a"],"note":"two\nlines"}""";
        var spec = Reading.Read<PromotionDocument>($$"""{"spec": {{json}} }""", "Promotion").Spec;
        spec.Promises.ShouldBe(["b", "a"]);
        FleetDocuments.PromotionSpecJson(spec).ToJsonString().ShouldBe(json);
    }
}
