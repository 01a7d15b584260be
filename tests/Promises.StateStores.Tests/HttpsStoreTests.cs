using Promises.Testing;

namespace Promises.StateStores.Tests;

public sealed class HttpsStoreTests : IAsyncDisposable
{
    private const string Host = "git.example.test";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();
    private readonly PrivateAuthority _authority = new();

    [Fact]
    public async Task Host_of_a_private_authority_is_written_to_with_its_certificate()
    {
        await using var server = new GitHttpServer(_fixture.RemoteRoot, "t0ken", _authority.Certificate);
        _fixture.Credential = new GitToken("x", "t0ken", _authority.Pem);
        var store = _fixture.Http(server, credential: true);

        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        Directory.GetFileSystemEntries(_fixture.Options.PrivateDirectory).ShouldBeEmpty();
    }

    [Fact]
    public async Task Host_whose_authority_is_not_known_is_told_so()
    {
        using var other = new PrivateAuthority();
        await using var server = new GitHttpServer(_fixture.RemoteRoot, "t0ken", _authority.Certificate);
        foreach (var authorities in (string?[])[null, other.Pem])
        {
            _fixture.Credential = new GitToken("x", "t0ken", authorities);

            var refused = await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(server, credential: true).TipAsync(None));

            refused.Fault.ShouldBe(StoreFault.CertificateRefused);
            refused.Message.ShouldContain("caCertificate");
        }

        server.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Certificate_that_is_for_another_host_is_refused()
    {
        using var elsewhere = new PrivateAuthority("git.example.com");
        await using var server = new GitHttpServer(_fixture.RemoteRoot, "t0ken", elsewhere.Certificate);
        _fixture.Credential = new GitToken("x", "t0ken", elsewhere.Pem);

        var refused = await Should.ThrowAsync<StateStoreException>(() => _fixture.Http(server, credential: true).TipAsync(None));

        refused.Fault.ShouldBe(StoreFault.CertificateRefused);
    }

    [Theory]
    [InlineData("http", "HTTP_PROXY", "GET http://")]
    [InlineData("http", "all_proxy", "GET http://")]
    [InlineData("https", "https_proxy", "CONNECT ")]
    [InlineData("https", "ALL_PROXY", "CONNECT ")]
    public async Task Name_that_only_a_proxy_knows_is_reached_through_it(string scheme, string variable, string asked)
    {
        using var authority = new PrivateAuthority(Host);
        await using var server = new GitHttpServer(_fixture.RemoteRoot, "t0ken", scheme == "https" ? authority.Certificate : null);
        await using var proxy = new HttpProxy(server.Port, "jane:s3cret");
        await using var provider = Behind((variable, $"http://jane:s3cret@127.0.0.1:{proxy.Port}"));
        _fixture.Credential = new GitToken("x", "t0ken", scheme == "https" ? authority.Pem : null);
        var store = provider.OpenRemote("app", server.Url("app", Host), "main", "writer");

        var commit = (await store.CommitAsync(StoreFixture.Spec(null, ("a", "1")), None))!;
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        _fixture.Repo.Head().ShouldBe(commit);
        proxy.Requests.ShouldNotBeEmpty();
        proxy.Requests.ShouldAllBe(request => request.StartsWith(asked + Host, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Proxy_that_refuses_is_told_without_its_password()
    {
        await using var server = new GitHttpServer(_fixture.RemoteRoot);
        await using var proxy = new HttpProxy(server.Port, "jane:s3cret");
        await using var provider = Behind(("http_proxy", $"http://jane:wr0ng@127.0.0.1:{proxy.Port}"));

        var refused = await Should.ThrowAsync<StateStoreException>(() => provider.OpenRemote("app", server.Url("app", Host), "main", null).TipAsync(None));

        refused.Message.ShouldContain("407");
        refused.Message.ShouldNotContain("wr0ng");
        server.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Hosts_that_are_exempt_and_this_machine_are_reached_without_it()
    {
        await using var server = new GitHttpServer(_fixture.RemoteRoot);
        await using var proxy = new HttpProxy(server.Port);
        await using var provider = Behind(("http_proxy", $"http://127.0.0.1:{proxy.Port}"), ("no_proxy", "example.test"));

        (await provider.OpenRemote("app", server.Url("app"), "main", null).TipAsync(None)).ShouldBeNull();
        var unknown = await Should.ThrowAsync<StateStoreException>(() => provider.OpenRemote("app", server.Url("app", Host), "main", null).TipAsync(None));

        unknown.Message.ShouldContain($"Could not resolve host: {Host}");
        proxy.Requests.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync()
    {
        _authority.Dispose();
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    private StateStoreProvider Behind(params (string Name, string Value)[] variables) =>
        _fixture.Create(_fixture.Options with { Proxies = new ProxySettings(name => variables.FirstOrDefault(one => one.Name == name).Value) });
}
