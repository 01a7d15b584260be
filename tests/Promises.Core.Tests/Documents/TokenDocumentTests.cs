using Promises.Model;
using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class TokenDocumentTests
{
    [Theory]
    [InlineData("""{}""", "/spec/role", "required")]
    [InlineData("""{"role": "root"}""", "/spec/role", "enum")]
    [InlineData("""{"role": "viewer", "expiresAt": "tomorrow"}""", "/spec/expiresAt", "wrong-type")]
    [InlineData("""{"role": "viewer", "expiresAt": "2030-13-01T00:00:00Z"}""", "/spec/expiresAt", "wrong-type")]
    [InlineData("""{"role": "viewer", "expiresAt": "2030-01-01"}""", "/spec/expiresAt", "wrong-type")]
    [InlineData("""{"role": "viewer", "expiresAt": 2030}""", "/spec/expiresAt", "wrong-type")]
    public void Token_with_one_mistake_is_refused_for_it(string spec, string pointer, string rule) =>
        Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "Token", pointer, rule);

    [Fact]
    public void Expiry_is_taken_in_any_offset() =>
        Reading.Read<TokenDocument>("""{"metadata": {"name": "ci"}, "spec": {"role": "operator", "expiresAt": "2030-01-31T12:00:00+02:00"}}""", "Token")
            .Spec.ShouldBe(new(Role.Operator, new DateTimeOffset(2030, 1, 31, 10, 0, 0, TimeSpan.Zero)));
}
