using System.Net;

namespace Promises.StateStores.Tests;

public sealed class AddressGuardTests
{
    private static readonly GitOptions Strict = new() { DataDirectory = "/nowhere" };
    private static readonly GitOptions Local = Strict with { AllowLocal = true };

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
    public async Task Where_ssh_leads_is_judged_though_nothing_is_written_over_it_yet(string url, string address, bool taken)
    {
        ((await Guard(Strict, address).RefusalAsync(url, CancellationToken.None)) is null).ShouldBe(taken);
        (await Should.ThrowAsync<StateStoreException>(() => Guard(Strict, address).AdmitAsync(url, null, CancellationToken.None))).Fault.ShouldBe(StoreFault.AddressRefused);
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
        var access = await Guard(Strict, address).AdmitAsync("https://git.example.com/a.git", new GitCredential("x", "y"), CancellationToken.None);
        var pinned = access.Settings.Single(setting => setting.Key == "http.curloptResolve").Value;
        pinned.ShouldBe($"git.example.com:443:{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}");
        access.Settings.ShouldContain(("http.https://git.example.com/a.git.extraHeader", "Authorization: Basic eDp5"));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable_and_no_reason_to_refuse()
    {
        var guard = new AddressGuard(Strict) { Resolve = (_, _) => throw new System.Net.Sockets.SocketException() };
        (await guard.RefusalAsync("https://git.example.com/a.git", CancellationToken.None)).ShouldBeNull();
        (await Should.ThrowAsync<StateStoreException>(() => guard.AdmitAsync("https://git.example.com/a.git", null, CancellationToken.None)))
            .Fault.ShouldBe(StoreFault.Unreachable);
    }

    private static AddressGuard Guard(GitOptions options, string address) =>
        new(options) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]) };
}
