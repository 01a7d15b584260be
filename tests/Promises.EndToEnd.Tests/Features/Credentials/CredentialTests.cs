using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Credentials;

public sealed class CredentialTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Secret = "v3ry-s3cr3t";

    private ApiClient Client => fixture.Client;

    [Fact]
    public async Task Secret_is_never_shown_and_a_patch_that_leaves_it_out_keeps_it()
    {
        var made = (await Client.PostTextAsync("/credentials", Document("writer", Secret))).ShouldBe(201);
        made.Json("/spec").ShouldBe("""{"type":"token","username":"bot"}""");
        var fingerprint = made.Text("/status/fingerprint");
        fingerprint.ShouldNotBeNullOrEmpty();

        var renamed = (await Client.PatchAsync("/credentials/writer", """{"spec": {"username": "other"}}""")).ShouldBe(200);
        renamed.Text("/spec/username").ShouldBe("other");
        renamed.Text("/status/fingerprint").ShouldBe(fingerprint);
        (await Client.PatchAsync("/credentials/writer", """{"spec": {"token": "another"}}""")).ShouldBe(200).Text("/status/fingerprint").ShouldNotBe(fingerprint);
        (await Client.PutAsync("/credentials/writer", """{"spec": {"username": "bot"}}""")).Mistakes().ShouldBe(["/spec/token required"]);
        (await Client.PatchAsync("/credentials/writer", """{"spec": {"token": null}}""")).Mistakes().ShouldBe(["/spec/token required"]);

        foreach (var path in (string[])["/credentials", "/credentials/writer", "/changes", $"/changes/{made.Header("Promises-Change")}"])
            (await Client.GetAsync(path)).ShouldBe(200).Text.ShouldNotContain(Secret);
        (await Client.PostTextAsync("/credentials?dryRun=true", Document("tried", Secret))).ShouldBe(200).Text.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Credential_of_a_store_stays()
    {
        (await Client.PostTextAsync("/credentials", Document("used", Secret))).ShouldBe(201);
        (await Client.PostTextAsync("/state-stores", """{"metadata": {"name": "user"}, "spec": {"git": {"url": "https://git.invalid/a.git", "credentialsRef": "used"}}}""")).ShouldBe(201);

        (await Client.DeleteAsync("/credentials/used")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe("""[{"kind":"StateStore","name":"user"}]""");
        (await Client.PatchAsync("/state-stores/user", """{"spec": {"git": {"credentialsRef": null}}}""")).ShouldBe(200);
        (await Client.DeleteAsync("/credentials/used")).ShouldBe(200);
    }

    [Fact]
    public async Task Key_is_never_shown_and_a_patch_that_leaves_it_out_keeps_it()
    {
        var keys = SshKeys.Generate();
        var made = (await Client.PostAsync("/credentials", Ssh("key", keys.Private, $"git.invalid {keys.Public}"))).ShouldBe(201);
        made.Json("/spec").ShouldBe("""{"type":"ssh"}""");
        made.Json("/status")!.ShouldStartWith($$"""{"fingerprint":"{{keys.Fingerprint().Replace("+", "\\u002B", StringComparison.Ordinal)}}","publicKey":"ssh-ed25519 """);

        var same = (await Client.PutAsync("/credentials/key", Ssh("key", keys.Private.Replace("\n", "\r\n", StringComparison.Ordinal), $"git.invalid {keys.Public}"))).ShouldBe(200);
        same.Header("Promises-Change").ShouldBeNull();
        (await Client.PatchAsync("/credentials/key", """{"metadata": {"labels": {"a": "b"}}}""")).ShouldBe(200).Text("/status/publicKey").ShouldBe(keys.Public);
        (await Client.PatchAsync("/credentials/key", """{"spec": {"knownHosts": null}}""")).ShouldBe(200).Header("Promises-Change").ShouldNotBeNull();
        (await Client.PatchAsync("/credentials/key", """{"spec": {"type": "token", "token": "x"}}""")).Mistakes().ShouldBe(["/spec/privateKey unknown-field"]);
        var other = SshKeys.Generate();
        (await Client.PatchAsync("/credentials/key", new JsonObject { ["spec"] = new JsonObject { ["privateKey"] = other.Private } }.ToJsonString())).ShouldBe(200)
            .Text("/status/fingerprint").ShouldBe(other.Fingerprint());
        (await Client.PatchAsync("/credentials/key", """{"spec": {"type": "token", "token": "x", "privateKey": null}}""")).ShouldBe(200).Text("/status/publicKey").ShouldBeNull();
    }

    [Fact]
    public async Task Key_with_a_passphrase_is_refused_with_the_way_to_one_without()
    {
        var keys = SshKeys.Generate(passphrase: Secret);
        var refused = await Client.PostAsync("/credentials", Ssh("locked", keys.Private, $"git.invalid {keys.Public}"));
        refused.Mistakes().ShouldBe(["/spec/privateKey wrong-type"]);
        refused.Text("/errors/0/remedy")!.ShouldContain("ssh-keygen -t ed25519 -N ''");
        refused.Text.ShouldNotContain(keys.Private.Split('\n')[1]);
    }

    [Fact]
    public async Task Document_that_was_quoted_once_too_often_is_not_echoed()
    {
        var quoted = System.Text.Json.Nodes.JsonValue.Create(Document("quoted", Secret)).ToJsonString();
        var reply = await Client.PostTextAsync("/credentials", quoted);
        reply.Mistakes().ShouldBe([" wrong-type"]);
        reply.Text.ShouldNotContain(Secret);
    }

    private static JsonObject Ssh(string name, string key, string knownHosts) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["type"] = "ssh", ["privateKey"] = key, ["knownHosts"] = knownHosts },
    };

    private static string Document(string name, string token) =>
        $$$"""{"metadata": {"name": "{{{name}}}"}, "spec": {"type": "token", "username": "bot", "token": "{{{token}}}"}}""";
}
