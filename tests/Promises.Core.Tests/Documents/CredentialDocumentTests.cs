using System.Text.Json.Nodes;
using Promises.Model;
using Promises.Model.Documents;
using Promises.Testing;

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
    [InlineData("""{"type": "ssh"}""", "/spec/privateKey", "required")]
    [InlineData("""{"type": "ssh", "privateKey": ""}""", "/spec/privateKey", "required")]
    [InlineData("""{"type": "ssh", "privateKey": "hunter2"}""", "/spec/privateKey", "wrong-type")]
    [InlineData("""{"type": "ssh", "privateKey": {"hunter2": 1}}""", "/spec/privateKey", "wrong-type")]
    [InlineData("""{"type": "ssh", "privateKey": "hunter2\u0000"}""", "/spec/privateKey", "control-character")]
    [InlineData("""{"token": "hunter2", "privateKey": "hunter2"}""", "/spec/privateKey", "unknown-field")]
    [InlineData("""{"token": "hunter2", "knownHosts": "hunter2"}""", "/spec/knownHosts", "unknown-field")]
    [InlineData("""{"token": "hunter2", "caCertificate": "hunter2"}""", "/spec/caCertificate", "wrong-type")]
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
            .Spec.ShouldBe(new TokenCredential("x", "s3cret"));

    [Theory]
    [InlineData("knownHosts", "hunter2", "wrong-type")]
    [InlineData("token", "hunter2", "unknown-field")]
    [InlineData("username", "hunter2", "unknown-field")]
    [InlineData("caCertificate", "hunter2", "unknown-field")]
    [InlineData("passphrase", "hunter2", "unknown-field")]
    public void Mistake_beside_a_good_key_is_told_without_showing_it(string field, string value, string rule)
    {
        var spec = new JsonObject { ["type"] = "ssh", ["privateKey"] = SshKeys.Generate().Private, [field] = value };
        var error = Reading.ShouldFail(Json(spec), "Credential", $"/spec/{field}", rule);
        (error.Value + error.Remedy).ShouldNotContain("hunter2");
    }

    [Fact]
    public void Key_is_read_with_or_without_known_hosts()
    {
        var keys = SshKeys.Generate();
        var spec = new JsonObject { ["type"] = "ssh", ["privateKey"] = keys.Private };

        var signing = Read(spec);
        spec["knownHosts"] = $"git.example.com {keys.Public}";
        var connecting = Read(spec);

        (signing.PublicKey, signing.KnownHosts).ShouldBe((keys.Public, null));
        (connecting.PublicKey, connecting.KnownHosts).ShouldBe((keys.Public, $"git.example.com {keys.Public}\n"));
        connecting.ToString().ShouldNotContain("BEGIN");

        static SshCredential Read(JsonObject spec) => Reading.Read<CredentialDocument>(Json(spec), "Credential").Spec.ShouldBeOfType<SshCredential>();
    }

    private static string Json(JsonObject spec) => new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a" }, ["spec"] = spec.DeepClone() }.ToJsonString();
}
