using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.StateStores;

public sealed class TransportTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private readonly TempDirectory _place = new();
    private readonly string _name = Fleet.Name("transport");

    private ApiClient Api => fixture.Client;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_label_becomes_a_commit_over_ssh()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var host = new SshServer();
        var made = await CredentialAsync(_name, Key(host.User, host.KnownHosts));
        made.Json("/spec").ShouldBe("""{"type":"ssh"}""");
        (made.Text("/status/fingerprint"), made.Text("/status/publicKey")).ShouldBe((host.User.Fingerprint(), host.User.Public));
        await StoreAsync(host.Url(repo.Path));
        await ClusterAsync("a");

        await LabelledAsync("a", repo);

        host.Logins.ShouldBe(1);
        var secret = host.User.Private.Split('\n')[2];
        foreach (var path in (string[])["/credentials", $"/state-stores/{_name}", "/changes", $"/changes/{made.Header("Promises-Change")}"])
            (await Api.GetAsync(path)).ShouldBe(200).Text.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_host_with_another_key_is_not_written_to_until_its_key_is_known()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var host = new SshServer();
        await CredentialAsync(_name, Key(host.User, $"[127.0.0.1]:{host.Port} {SshKeys.Generate().Public}"));
        await StoreAsync(host.Url(repo.Path));
        await ClusterAsync("a");

        (await FailingAsync("HostKeyVerificationFailed")).ShouldContain("knownHosts");
        repo.Head().ShouldBeNull();

        (await Api.PatchAsync($"/credentials/{_name}", new JsonObject { ["spec"] = new JsonObject { ["knownHosts"] = host.KnownHosts } }.ToJsonString())).ShouldBe(200)
            .Text("/status/fingerprint").ShouldBe(host.User.Fingerprint());
        await SettledAsync();
        repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task A_key_that_the_host_does_not_take_is_told_and_another_is_tried_at_once()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var host = new SshServer();
        await CredentialAsync(_name, Key(SshKeys.Generate(), host.KnownHosts));
        await StoreAsync(host.Url(repo.Path));
        await ClusterAsync("a");

        (await FailingAsync("AuthenticationFailed")).ShouldContain("Permission denied");

        (await Api.PutAsync($"/credentials/{_name}", Document(_name, Key(host.User, host.KnownHosts)))).ShouldBe(200);
        await SettledAsync();
    }

    [Fact]
    public async Task Many_stores_of_one_host_share_a_connection()
    {
        using var host = new SshServer();
        await CredentialAsync(_name, Key(host.User, host.KnownHosts));
        var repos = Enumerable.Range(0, 12).Select(i => new GitRepo(_place[$"r{i}.git"])).ToList();
        foreach (var (repo, i) in repos.Select((repo, i) => (repo, i)))
        {
            await StoreAsync(host.Url(repo.Path), store: $"{_name}-{i}");
            await ClusterAsync($"c{i}", $"{_name}-{i}");
        }

        for (var i = 0; i < repos.Count; i++) await SettledAsync($"{_name}-{i}");

        repos.ShouldAllBe(repo => repo.Head("main") != null);
        host.Logins.ShouldBeLessThan(5);
    }

    [Fact]
    public async Task A_host_of_a_private_authority_is_written_to_once_the_authority_is_known()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var authority = new PrivateAuthority();
        await using var host = new GitHttpServer(_place.Path, "t0ken", authority.Certificate);
        var made = await CredentialAsync(_name, new JsonObject { ["token"] = "t0ken" });
        await StoreAsync(host.Url("fleet"));
        await ClusterAsync("a");

        (await FailingAsync("CertificateNotTrusted")).ShouldContain("caCertificate");

        var known = (await Api.PatchAsync($"/credentials/{_name}", new JsonObject { ["spec"] = new JsonObject { ["caCertificate"] = authority.Pem } }.ToJsonString())).ShouldBe(200);
        known.Text("/status/caCertificates/0/subject").ShouldBe("CN=Private authority");
        known.Text("/status/caCertificates/0/expiresAt").ShouldNotBeNull();
        known.Text("/status/fingerprint").ShouldBe(made.Text("/status/fingerprint"));
        await SettledAsync();
        repo.Commits().ShouldBe(1);
    }

    [Fact]
    public async Task Commits_of_a_store_with_a_signing_key_are_signed_by_it()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        var keys = SshKeys.Generate();
        await CredentialAsync(_name, Key(keys));
        await StoreAsync(repo.Url, credential: null, signer: _name);
        await ClusterAsync("a");
        await LabelledAsync("a", repo);

        File.WriteAllText(_place["allowed"], $"promises@localhost {keys.Public}\n");
        foreach (var commit in repo.In("rev-list", "main").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            repo.InWithError("-c", "gpg.format=ssh", "-c", $"gpg.ssh.allowedSignersFile={_place["allowed"]}", "verify-commit", commit).ShouldContain("Good \"git\" signature");
        (await Api.GetAsync($"/state-stores/{_name}")).Text("/spec/git/signingKeyRef").ShouldBe(_name);
    }

    [Fact]
    public async Task A_key_that_signs_is_in_use()
    {
        await CredentialAsync(_name, Key(SshKeys.Generate()));
        await StoreAsync(new GitRepo(_place["fleet.git"]).Url, credential: null, signer: _name);

        (await Api.DeleteAsync($"/credentials/{_name}")).ShouldBeProblem(409, "in-use").Json("/users").ShouldBe($$"""[{"kind":"StateStore","name":"{{_name}}"}]""");
        (await Api.PatchAsync($"/state-stores/{_name}", """{"spec": {"git": {"signingKeyRef": null}}}""")).ShouldBe(200);
        (await Api.DeleteAsync($"/credentials/{_name}")).ShouldBe(200);
    }

    [Fact]
    public async Task Everything_about_ssh_can_come_in_one_stream()
    {
        var repo = new GitRepo(_place["fleet.git"]);
        using var host = new SshServer();
        var credential = Document(_name, Key(host.User, host.KnownHosts));
        (credential["apiVersion"], credential["kind"]) = ("promises.dev/v1alpha1", "Credential");
        var store = StoreDocument(_name, host.Url(repo.Path), _name, _name);
        (store["apiVersion"], store["kind"]) = ("promises.dev/v1alpha1", "StateStore");

        (await Api.PostAsync("/apply", new JsonArray(store, credential))).ShouldBe(200);

        await ClusterAsync("a");
        await SettledAsync();
        repo.In("cat-file", "commit", "main").ShouldContain("gpgsig -----BEGIN SSH SIGNATURE-----");
    }

    private static JsonObject Document(string name, JsonObject spec) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };

    private static JsonObject Key(SshKeys keys, string? knownHosts = null)
    {
        var spec = new JsonObject { ["type"] = "ssh", ["privateKey"] = keys.Private };
        if (knownHosts is not null) spec["knownHosts"] = knownHosts;
        return spec;
    }

    private static JsonObject StoreDocument(string name, string url, string? credential, string? signer)
    {
        var git = new JsonObject { ["url"] = url };
        if (credential is not null) git["credentialsRef"] = credential;
        if (signer is not null) git["signingKeyRef"] = signer;
        return Document(name, new JsonObject { ["git"] = git });
    }

    private async Task<Reply> CredentialAsync(string name, JsonObject spec) => (await Api.PostAsync("/credentials", Document(name, spec))).ShouldBe(201);

    private async Task StoreAsync(string url, string? credential = "", string? signer = null, string? store = null) =>
        (await Api.PostAsync("/state-stores", StoreDocument(store ?? _name, url, credential is "" ? _name : credential, signer))).ShouldBe(201);

    private async Task ClusterAsync(string cluster, string? store = null) => (await Api.PostAsync(
        "/clusters", Document($"{_name}-{cluster}", new JsonObject { ["stateStore"] = new JsonObject { ["name"] = store ?? _name } }))).ShouldBe(201);

    /// <summary>A Promise that wants a label, the label, and its commit.</summary>
    private async Task LabelledAsync(string cluster, GitRepo repo)
    {
        await Api.DoneAsync("POST", "/promises", Fleet.Promise($"{_name}-p", Fleet.Selecting("wants", _name), "settings"));
        await Api.DoneAsync("PUT", $"/clusters/{_name}-{cluster}/labels/wants", new JsonObject { ["value"] = _name });
        await Wait.UntilAsync(async () => await Api.StateAsync($"{_name}-p.{_name}-{cluster}") == "Written");
        (await Api.PlacementAsync($"{_name}-p.{_name}-{cluster}"))["status"]!["commit"]!.ToString().ShouldBe(repo.Head());
        repo.Files().ShouldContain(path => path.StartsWith($"clusters/{_name}-{cluster}/placements/{_name}-p/", StringComparison.Ordinal));
    }

    private async Task<JsonNode> StatusAsync(string? store = null) => (await Api.GetAsync($"/state-stores/{store ?? _name}")).Json["status"]!;

    private Task SettledAsync(string? store = null) => Wait.UntilAsync(async () =>
        await StatusAsync(store) is var status && (int)status["pendingClusters"]! == 0 && (string?)status["conditions"]![0]!["status"] == "True");

    /// <returns>What the condition says.</returns>
    private async Task<string> FailingAsync(string reason)
    {
        JsonNode condition = null!;
        await Wait.UntilAsync(async () => (string?)(condition = (await StatusAsync())["conditions"]![0]!)["reason"] == reason);
        return (string)condition["message"]!;
    }
}
