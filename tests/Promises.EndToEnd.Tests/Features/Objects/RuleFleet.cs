using System.Text.Json.Nodes;
using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Features.Objects;

/// <summary>A fleet with something to be in conflict with.</summary>
public sealed class RuleFleet(TestPostgres postgres) : IAsyncLifetime
{
    private readonly ServerFixture _server = new(postgres);

    internal ApiClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        var keys = SshKeys.Generate();
        var (key, hosts) = (JsonValue.Create(keys.Private).ToJsonString(), JsonValue.Create($"git.invalid {keys.Public}").ToJsonString());
        (string Path, string Body)[] documents =
        [
            ("/credentials", """{"metadata": {"name": "token"}, "spec": {"token": "t"}}"""),
            ("/credentials", $$$"""{"metadata": {"name": "signer"}, "spec": {"type": "ssh", "privateKey": {{{key}}}}}"""),
            ("/credentials", $$$"""{"metadata": {"name": "key"}, "spec": {"type": "ssh", "privateKey": {{{key}}}, "knownHosts": {{{hosts}}}}}"""),
            ("/clusters", """{"metadata": {"name": "taken"}, "spec": {"stateStore": {"path": "sites/taken"}}}"""),
            ("/state-stores", """{"metadata": {"name": "first"}, "spec": {"git": {"url": "https://git.invalid/Team/fleet.git"}}}"""),
            ("/clusters", """{"metadata": {"name": "far"}, "spec": {"stateStore": {"name": "first", "path": "pre/far"}}}"""),
            ("/state-stores", """{"metadata": {"name": "spelt"}, "spec": {"git": {"url": "https://GIT.invalid:443/Team/fleet/"}}}"""),
            ("/state-stores", """{"metadata": {"name": "scp"}, "spec": {"git": {"url": "git@git.invalid:Team/fleet.git", "path": "pre", "credentialsRef": "key"}}}"""),
            ("/promises", """{"metadata": {"name": "base"}, "spec": {"placement": {"onlyIncluded": true}}}"""),
            ("/promises", """{"metadata": {"name": "above"}, "spec": {"placement": {"onlyIncluded": true}, "requires": [{"promise": "base"}]}}"""),
        ];
        foreach (var (path, body) in documents) (await Client.PostTextAsync(path, body)).ShouldBe(201);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
