using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

internal sealed partial class TestServer
{
    public ApiClient Client => new(Address, AdminToken);
}

/// <summary>A class fixture: one server on a fresh database for the tests of one class.</summary>
public sealed class ServerFixture(TestPostgres postgres) : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    internal ApiClient Client => Server.Client;

    public async ValueTask InitializeAsync() => Server = TestServer.Start(await postgres.MigratedAsync());

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
