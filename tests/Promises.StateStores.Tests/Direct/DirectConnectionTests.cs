using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.NetworkInformation;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>To whom a push without git goes, and with what.</summary>
public sealed class DirectConnectionTests : IAsyncDisposable
{
    private const string Host = "git.example.test";
    private const string Token = "s3cret/of+the=host";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectFixture _fixture = new();

    private StoreFixture Stores => _fixture.Stores;

    [Fact]
    public async Task Connection_is_kept_and_one_that_the_host_closed_is_replaced()
    {
        var clients = new ConcurrentQueue<Stream>();
        await using var relay = new Relay(async (client, token) =>
        {
            clients.Enqueue(client);
            return (client, await Relay.ConnectAsync(_fixture.Server.Port, token));
        });
        var store = _fixture.Open($"http://127.0.0.1:{relay.Port}/app.git");
        string? from = null;
        await BuildAsync();
        clients.Clear();
        await PushAsync();
        await BuildAsync();
        var before = clients.Count;
        await PushAsync();
        clients.Count.ShouldBe(before, "the second push needs no connection of its own");

        await BuildAsync();
        foreach (var client in clients) await client.DisposeAsync();
        // Until the ends that the client has of them have heard of it.
        await Wait.UntilAsync(() => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Any(one => one.RemoteEndPoint.Port == relay.Port && one.State == TcpState.Established));
        await PushAsync();

        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((3, 0, 1));

        async Task BuildAsync() => _next = await _fixture.BuildAsync(store, from, ("a", $"{_fixture.Repo.Commits()}"));

        async Task PushAsync()
        {
            (await store.PublishAsync(_next, from, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
            from = _next;
        }
    }

    [Fact]
    public async Task Token_opens_the_repository_and_another_one_is_not_sent_on_its_connection()
    {
        _fixture.Server.Token = Token;
        Stores.Credential = new GitToken("x", Token);
        var store = _fixture.Open(credential: true);
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        var second = await _fixture.BuildAsync(store, first, ("a", "2"));
        (Stores.Credential, _fixture.Server.Token) = (new GitToken("x", "an0ther"), "an0ther");

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        (_fixture.Direct, _fixture.ByGit, _fixture.Asked).ShouldBe((2, 0, 1));
    }

    [Fact]
    public async Task Token_is_in_no_message()
    {
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"x:{Token}"));
        _fixture.Repo.Hook("pre-receive", $"echo 'you sent {Token} as Authorization: Basic {basic}, or {basic}' >&2; exit 1");
        (_fixture.Server.Token, Stores.Credential) = (Token, new GitToken("x", Token));
        var store = _fixture.Open(credential: true);
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));

        var declined = await store.PublishAsync(commit, null, None);
        _fixture.Server.Token = "withdrawn";
        var unknown = await store.PublishAsync(commit, null, None);
        var byGit = await store.PublishAsync(commit, null, None);

        (declined.Outcome, unknown.Outcome, byGit.Outcome).ShouldBe((PushOutcome.Declined, PushOutcome.Unknown, PushOutcome.AuthenticationFailed));
        declined.Message.ShouldContain("you sent ***");
        foreach (var message in (string[])[declined.Message, unknown.Message, byGit.Message])
        {
            message.ShouldNotContain(Token);
            message.ShouldNotContain(basic);
        }

        new DirectHost(new Uri("https://h/a/"), [], $"Basic {basic}", null).ToString().ShouldNotContain(basic);
    }

    [Fact]
    public async Task Host_of_a_private_authority_is_pushed_to_with_its_certificate_and_only_with_it()
    {
        using var authority = new PrivateAuthority();
        using var other = new PrivateAuthority();
        await using var server = new GitHttpServer(Stores.RemoteRoot, Token, authority.Certificate);
        var store = _fixture.Open(server.Url("app"), credential: true);
        Stores.Credential = new GitToken("x", Token, authority.Pem);
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        server.Seen.Where(request => request.Contains("/git-receive-pack ", StringComparison.Ordinal))
            .ShouldBe(["POST /app.git/git-receive-pack git/2.0 (promises)"]);
        var second = await _fixture.BuildAsync(store, first, ("a", "2"));
        var requests = server.Requests;

        var broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        (string? Authorities, PushOutcome Outcome)[] wrong =
            [(other.Pem, PushOutcome.CertificateRefused), (null, PushOutcome.CertificateRefused), (broken, PushOutcome.Unreachable)];
        foreach (var (authorities, outcome) in wrong)
        {
            _fixture.Time.Pass(DirectMemory.Rest);
            Stores.Credential = new GitToken("x", Token, authorities);
            (await store.PublishAsync(second, first, None)).ShouldSatisfyAllConditions(it => it.Outcome.ShouldBe(outcome), it => it.IsInDoubt.ShouldBeFalse());
        }

        server.Requests.ShouldBe(requests);
    }

    [Fact]
    public async Task Certificate_for_another_host_is_refused()
    {
        using var elsewhere = new PrivateAuthority("git.example.com");
        await using var server = new GitHttpServer(Stores.RemoteRoot, Token, elsewhere.Certificate);
        Stores.Credential = new GitToken("x", Token, elsewhere.Pem);
        var store = _fixture.Open(server.Url("app"), credential: true);
        GitRepo.Git("clone", "--quiet", "--bare", _fixture.Repo.Path, _fixture.MirrorOf(server.Url("app")));
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.CertificateRefused);

        server.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Name_is_looked_up_once_and_only_what_was_admitted_is_connected_to()
    {
        var answers = new Queue<IPAddress[]>([[IPAddress.Loopback], [IPAddress.Loopback], [IPAddress.Loopback], [IPAddress.Parse("169.254.169.254")]]);
        var guard = new AddressGuard(Stores.Options) { Resolve = (_, _) => Task.FromResult(answers.Dequeue()) };
        await using var provider = new StateStoreProvider(Stores.Options, Stores, guard, _fixture.Time, new Random(1));
        var store = _fixture.Open(_fixture.Server.Url("app", Host), provider: provider);
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(first, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
        _fixture.Direct.ShouldBe(1);
        var second = await _fixture.BuildAsync(store, first, ("a", "2"));
        answers.Dequeue();

        (await Should.ThrowAsync<StateStoreException>(() => store.PublishAsync(second, first, None))).Fault.ShouldBe(StoreFault.AddressRefused);

        answers.ShouldBeEmpty();
        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Connection_to_an_address_that_the_host_has_no_more_is_not_used()
    {
        IPAddress[] addresses = [IPAddress.Loopback];
        var guard = new AddressGuard(Stores.Options) { Resolve = (_, _) => Task.FromResult(addresses) };
        await using var provider = new StateStoreProvider(Stores.Options, Stores, guard, _fixture.Time, new Random(1));
        var store = _fixture.Open(_fixture.Server.Url("app", Host), provider: provider);
        var first = await _fixture.BuildAsync(store, null, ("a", "1"));
        await store.PublishAsync(first, null, None);
        var second = await _fixture.BuildAsync(store, first, ("a", "2"));
        // Nobody listens there.
        addresses = [IPAddress.Parse("127.0.0.2")];

        (await store.PublishAsync(second, first, None)).Outcome.ShouldBe(PushOutcome.Unreachable);

        (_fixture.Direct, _fixture.ByGit).ShouldBe((1, 0));
        _fixture.Repo.Head().ShouldBe(first);
    }

    [Fact]
    public async Task Host_behind_a_proxy_is_left_to_git()
    {
        await using var proxy = new HttpProxy(_fixture.Server.Port);
        var options = Stores.Options with { Proxies = new ProxySettings(name => name == "http_proxy" ? $"http://127.0.0.1:{proxy.Port}" : null) };
        var guard = new AddressGuard(options) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.1.2.3")]) };
        await using var provider = new StateStoreProvider(options, Stores, guard, _fixture.Time, new Random(1));
        var store = _fixture.Open(_fixture.Server.Url("app", Host), provider: provider);
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));

        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);

        (_fixture.Direct, _fixture.Asked, _fixture.ByGit).ShouldBe((0, 0, 1));
        // What the host would not have seen of an attempt to go there without the proxy.
        (await guard.AdmitAsync(_fixture.Server.Url("app", Host), null, new SshConnections(options), None)).ShouldBeOfType<HttpRemote>().Direct.ShouldBeNull();
    }

    [Fact]
    public async Task Repository_on_this_machine_is_left_to_git()
    {
        var store = _fixture.Open(_fixture.Repo.Url);
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));
        (await store.PublishAsync(commit, null, None)).Outcome.ShouldBe(PushOutcome.Acknowledged);
    }

    [Fact]
    public async Task Push_that_is_left_to_git_is_counted()
    {
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, mine) =>
        {
            if (instrument.Name == "promises_git_fallbacks_total") mine.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => counted.Enqueue($"{tags[0].Key}={tags[0].Value} {count}"));
        listener.Start();
        var store = _fixture.Open();
        var commit = await _fixture.BuildAsync(store, null, ("a", "1"));
        await _fixture.Server.DisposeAsync();

        (await store.PublishAsync(commit, null, None)).ShouldSatisfyAllConditions(
            result => result.Outcome.ShouldBe(PushOutcome.Unreachable), result => result.IsInDoubt.ShouldBeFalse("nothing was sent"));

        counted.ShouldContain("step=push 1");
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private string _next = "";
}
