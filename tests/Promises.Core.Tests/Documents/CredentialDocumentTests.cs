using Promises.Model.Documents;

namespace Promises.Core.Tests.Documents;

public class CredentialDocumentTests
{
    [Theory]
    [InlineData("""{"type": "token"}""", "/spec/token", "required")]
    [InlineData("""{"token": ""}""", "/spec/token", "required")]
    [InlineData("""{"token": 77}""", "/spec/token", "wrong-type")]
    [InlineData("""{"token": "hunter2\n"}""", "/spec/token", "control-character")]
    [InlineData("""{"token": "hunter2", "username": "a\tb"}""", "/spec/username", "control-character")]
    [InlineData("""{"type": "password", "token": "hunter2"}""", "/spec/type", "enum")]
    [InlineData("""{"type": "ssh", "privateKey": "hunter2", "knownHosts": "hunter2"}""", "/spec/type", "not-supported-yet")]
    [InlineData("""{"token": "a", "tokem": "hunter2"}""", "/spec/tokem", "unknown-field")]
    [InlineData("""{"token": ["hunter2"]}""", "/spec/token", "wrong-type")]
    public void Credential_with_one_mistake_is_refused_for_it_without_showing_the_secret(string spec, string pointer, string rule)
    {
        var error = Reading.ShouldFail($$"""{"metadata": {"name": "a"}, "spec": {{spec}} }""", "Credential", pointer, rule);
        (error.Value + error.Remedy).ShouldNotContain("hunter2");
    }

    [Fact]
    public void Spec_that_is_the_secret_itself_is_not_shown() =>
        Reading.ShouldFail("""{"metadata": {"name": "a"}, "spec": "hunter2"}""", "Credential", "/spec", "wrong-type").Value.ShouldBeNull();

    [Fact]
    public void Secret_beside_the_spec_is_not_shown() =>
        Reading.Errors("""{"metadata": {"name": "a", "token": "hunter2"}, "spec": {"token": "x"}, "token": "hunter2"}""", "Credential")
            .ShouldAllBe(e => e.Rule == "unknown-field" && e.Value == null);

    [Fact]
    public void User_name_is_x_by_default() =>
        Reading.Read<CredentialDocument>("""{"metadata": {"name": "a"}, "spec": {"type": "token", "token": "s3cret"}}""", "Credential")
            .Spec.ShouldBe(new("x", "s3cret"));
}
