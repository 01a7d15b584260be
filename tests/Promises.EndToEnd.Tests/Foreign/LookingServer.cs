using Promises.EndToEnd.Tests.Support;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Foreign;

/// <summary>A class fixture: a server that looks at branches several times a second.</summary>
public sealed class LookingServer(TestPostgres postgres) : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    internal ApiClient Client => Server.Client;

    public async ValueTask InitializeAsync() => Server = TestServer.Start(await postgres.MigratedAsync(), ("Delivery:LookInterval", "00:00:00.6"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
