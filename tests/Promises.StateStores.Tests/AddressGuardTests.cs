using System.Net;
using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class AddressGuardTests : IAsyncDisposable
{
    private readonly TempDirectory _place = new();
    private readonly GitProcess _git;

    private static readonly GitOptions Strict = new() { DataDirectory = "/nowhere" };
    private static readonly GitOptions Local = Strict with { AllowLocal = true };

    public AddressGuardTests() => _git = new GitProcess(Strict with { DataDirectory = _place.Path }, TimeProvider.System);

    [Theory]
    [InlineData("--upload-pack=touch /tmp/x")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("ext::sh -c x")]
    [InlineData("https://user:secret@git.example.com/a.git")]
    [InlineData("https://git.example.com/a.git\n")]
    [InlineData("https://git.example.com/a b.git")]
    [InlineData("https://git.example.com/a.git?x=1")]
    [InlineData("https://-oProxyCommand/a.git")]
    [InlineData("git://git.example.com/a.git")]
    [InlineData("/srv/git/a.git")]
    [InlineData("https://169.254.169.254/a.git")]
    [InlineData("https://[fe80::1]/a.git")]
    [InlineData("https://[::ffff:169.254.169.254]/a.git")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/a.git")]
    [InlineData("https://0.0.0.0/a.git")]
    [InlineData("https://[::]/a.git")]
    [InlineData("https://224.0.0.1/a.git")]
    [InlineData("https://100.100.100.200/a.git")]
    [InlineData("https://2852039166/a.git")]
    public async Task A_url_that_leads_astray_is_refused_even_where_local_stores_are_allowed(string url)
    {
        var refusal = await new AddressGuard(Local).RefusalAsync(url, CancellationToken.None);
        refusal.ShouldNotBeNull();
        refusal.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("http://git.example.com/a.git")]
    [InlineData("https://127.0.0.1/a.git")]
    [InlineData("https://[::1]/a.git")]
    [InlineData("https://[::ffff:127.0.0.1]/a.git")]
    [InlineData("file:///srv/a.git")]
    public async Task A_local_url_is_for_where_it_is_allowed(string url)
    {
        (await Guard(Strict, "10.1.2.3").RefusalAsync(url, CancellationToken.None)).ShouldNotBeNull();
        (await Guard(Local, "10.1.2.3").RefusalAsync(url, CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:169.254.1.1")]
    [InlineData("fd00:ec2::254")]
    public async Task A_name_is_refused_for_what_it_resolves_to(string address) =>
        (await Guard(Local, address).RefusalAsync("https://git.example.com/a.git", CancellationToken.None)).ShouldNotBeNull();

    [Theory]
    [InlineData("git@git.example.com:team/a.git", "10.1.2.3", true)]
    [InlineData("ssh://git@git.example.com:2222/team/a.git", "10.1.2.3", true)]
    [InlineData("git@git.example.com:team/a.git", "169.254.169.254", false)]
    [InlineData("ssh://git@[fe80::1]/a.git", "10.1.2.3", false)]
    [InlineData("git@git.example.com:team/a.git", "127.0.0.1", false)]
    public async Task Where_ssh_leads_is_judged(string url, string address, bool taken)
    {
        ((await Guard(Strict, address).RefusalAsync(url, CancellationToken.None)) is null).ShouldBe(taken);
        if (!taken) (await Should.ThrowAsync<StateStoreException>(() => AdmitAsync(Guard(Strict, address), url, new GitKey("k", "h")))).Fault.ShouldBe(StoreFault.AddressRefused);
    }

    [Theory]
    [InlineData("git@git.example.com:team/a.git", "10.1.2.3", "HostName=\"10.1.2.3\"", "HostKeyAlias=\"git.example.com\"", "User")]
    [InlineData("ssh://git@GIT.example.com:2222/team/a.git", "fd12::1", "HostName=\"fd12::1\"", "HostKeyAlias=\"[git.example.com]:2222\"", "User")]
    [InlineData("ssh://git.example.com/team/a.git", "10.1.2.3", "User=\"git\"", "HostKeyAlias=\"git.example.com\"", "nothing")]
    public async Task Ssh_is_told_the_address_and_looks_for_the_key_of_the_name(string url, string address, string first, string second, string absent)
    {
        using var files = new PrivateFiles(_place.Path);
        var settings = (await AdmitAsync(Guard(Strict, address), url, new GitKey("k", "# none\n"))).Prepare(files);

        var command = settings.Variables.Single(one => one.Name == "GIT_SSH_COMMAND").Value;
        foreach (var option in (string[])[first, second, "StrictHostKeyChecking=yes", "BatchMode=yes", "-F none", "IdentityAgent=none"]) command.ShouldContain(option);
        command.ShouldNotContain($" -o '{absent}=");
    }

    [Theory]
    [InlineData("git.example.com ssh-ed25519 x", "git.example.com")]
    [InlineData("[git.example.com]:2222 ssh-ed25519 x", "[git.example.com]:2222")]
    [InlineData("other.example.com ssh-ed25519 x", "[git.example.com]:2222")]
    public async Task Known_host_without_the_port_will_do(string knownHosts, string alias)
    {
        using var files = new PrivateFiles(_place.Path);
        var settings = (await AdmitAsync(Guard(Strict, "10.1.2.3"), "ssh://git@git.example.com:2222/a.git", new GitKey("k", knownHosts))).Prepare(files);
        settings.Variables.Single(one => one.Name == "GIT_SSH_COMMAND").Value.ShouldContain($"HostKeyAlias=\"{alias}\"");
    }

    [Fact]
    public async Task Credential_of_the_wrong_type_is_said()
    {
        var guard = Guard(Strict, "10.1.2.3");
        foreach (var (url, credential) in new (string, GitCredential?)[]
        {
            ("ssh://git@git.example.com/a.git", new GitToken("x", "y")), ("ssh://git@git.example.com/a.git", null), ("git@git.example.com:a.git", new GitKey("k")),
            ("https://git.example.com/a.git", new GitKey("k", "h")),
        })
            (await Should.ThrowAsync<StateStoreException>(() => AdmitAsync(guard, url, credential))).Fault.ShouldBe(StoreFault.AuthenticationFailed);
    }

    [Fact]
    public async Task A_name_of_this_machine_is_local() =>
        (await Guard(Strict, "127.0.0.2").RefusalAsync("https://git.example.com/a.git", CancellationToken.None)).ShouldNotBeNull();

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.1.1")]
    [InlineData("140.82.121.3")]
    [InlineData("fd12::1")]
    public async Task Private_and_public_addresses_are_allowed_and_pinned(string address)
    {
        using var files = new PrivateFiles(_place.Path);
        var settings = (await AdmitAsync(Guard(Strict, address), "https://git.example.com/a.git", new GitToken("x", "y"))).Prepare(files).Configuration;
        var pinned = settings.Single(setting => setting.Key == "http.curloptResolve").Value;
        pinned.ShouldBe($"git.example.com:443:{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}");
        settings.ShouldContain(("http.https://git.example.com/a.git.extraHeader", "Authorization: Basic eDp5"));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable_and_no_reason_to_refuse()
    {
        var guard = new AddressGuard(Strict) { Resolve = (_, _) => throw new System.Net.Sockets.SocketException() };
        (await guard.RefusalAsync("https://git.example.com/a.git", CancellationToken.None)).ShouldBeNull();
        (await Should.ThrowAsync<StateStoreException>(() => AdmitAsync(guard, "https://git.example.com/a.git", null)))
            .Fault.ShouldBe(StoreFault.Unreachable);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("169.254.169.254", false)]
    public async Task Behind_a_proxy_a_name_is_judged_where_it_means_something_here(string address, bool taken)
    {
        var proxied = Strict with { Proxies = new ProxySettings(name => name == "HTTPS_PROXY" ? "http://proxy.example.com:3128" : null) };
        ((await Guard(proxied, address).RefusalAsync("https://git.example.com/a.git", CancellationToken.None)) is null).ShouldBe(taken);

        var unknown = new AddressGuard(proxied) { Resolve = (_, _) => throw new System.Net.Sockets.SocketException() };
        using var files = new PrivateFiles(_place.Path);
        var settings = (await AdmitAsync(unknown, "https://git.example.com/a.git", null)).Prepare(files);
        settings.Configuration.ShouldBeEmpty();
        settings.Variables.ShouldBe([("https_proxy", "http://proxy.example.com:3128")]);
        (await Should.ThrowAsync<StateStoreException>(() => AdmitAsync(unknown, "ssh://git@git.example.com/a.git", new GitKey("k", "h")))).Fault.ShouldBe(StoreFault.Unreachable);
    }

    public async ValueTask DisposeAsync()
    {
        await _git.Connections.EndAsync(_git);
        _place.Dispose();
    }

    private Task<RemoteAccess> AdmitAsync(AddressGuard guard, string url, GitCredential? credential) =>
        guard.AdmitAsync(url, credential, _git.Connections, CancellationToken.None);

    private static AddressGuard Guard(GitOptions options, string address) =>
        new(options) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]) };
}
