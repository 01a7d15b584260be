using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class EnvironmentDocumentTests
{
    [Theory]
    [InlineData("""{"audience": "internal"}""", "/spec/position", "required")]
    [InlineData("""{"position": 10}""", "/spec/audience", "required")]
    [InlineData("""{"position": "10", "audience": "internal"}""", "/spec/position", "wrong-type")]
    [InlineData("""{"position": 1.5, "audience": "internal"}""", "/spec/position", "wrong-type")]
    [InlineData("""{"position": 0, "audience": "internal"}""", "/spec/position", "range")]
    [InlineData("""{"position": 99999999999999999999, "audience": "internal"}""", "/spec/position", "range")]
    [InlineData("""{"position": 10, "audience": "public"}""", "/spec/audience", "enum")]
    [InlineData("""{"position": 10, "audience": "internal", "gates": []}""", "/spec/gates", "not-supported-yet")]
    public void Environment_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "Environment", pointer, rule);

    [Fact]
    public void Environment_without_a_spec_is_asked_for_both_fields() =>
        Reading.Errors("""{"metadata": {"name": "a"}}""", "Environment").Select(e => e.Pointer).ShouldBe(["/spec/position", "/spec/audience"]);

    [Fact]
    public void Environment_is_read()
    {
        var spec = Reading.Read<EnvironmentDocument>("""{"metadata": {"name": "a"}, "spec": {"position": 20, "audience": "external", "gates": null}}""", "Environment").Spec;
        spec.ShouldBe(new EnvironmentSpec(20, Audience.External));
        FleetDocuments.EnvironmentSpecJson(Promises.Model.Environment.Create(new("a", new Dictionary<string, string>(), new Dictionary<string, string>()), spec, default))
            .ToJsonString().ShouldBe("""{"position":20,"audience":"external"}""");
    }
}
