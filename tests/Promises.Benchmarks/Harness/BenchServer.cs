using Promises.EndToEnd.Tests.Support;

namespace Promises.Benchmarks.Harness;

/// <summary>The real server in this process, with a database of its own and a client.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly TestServer _server;

    private BenchServer(BenchDatabase database, TestServer server) =>
        (Database, _server, Client) = (database, server, new BenchClient(server.Address, server.AdminToken));

    public BenchDatabase Database { get; }

    public BenchClient Client { get; }

    public IServiceProvider Services => _server.Services;

    public string DataDirectory => _server.DataDirectory;

    public Uri Address => _server.Address;

    public string Token => _server.AdminToken;

    /// <param name="place">For the database; the server's own data is in a directory that goes with it.</param>
    public static async Task<BenchServer> StartAsync(string place)
    {
        var database = await BenchDatabase.StartAsync(place);
        return new BenchServer(database, TestServer.Start(database.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
