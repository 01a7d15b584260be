using Promises.EndToEnd.Tests.Support;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>Servers as processes of their own on one database, each with its data directory; any of them may be killed and started again.</summary>
internal sealed class Replicas(string database, string place, int count) : IAsyncDisposable
{
    private readonly ServerProcess?[] _servers = new ServerProcess?[count];

    public int Count => count;

    /// <summary>The client of a replica; null while it is down.</summary>
    public ApiClient? this[int index] => Volatile.Read(ref _servers[index]) is { } server ? new ApiClient(server.Address, Token) : null;

    // Who made it keeps it; the others share the database that it opens.
    private string Token => File.ReadAllText(Path.Combine(place, "data0", "admin.token")).Trim();

    public async Task StartAsync(int index, params IEnumerable<(string Name, string Value)> settings)
    {
        var server = await ServerProcess.StartAsync(
            Path.Combine(place, $"data{index}"), null,
            [
                ("ConnectionStrings__Promises", database), ("PROMISES_Data__KeyRing", Path.Combine(place, "keys")),
                ("Logging__LogLevel__Default", "Warning"), .. settings,
            ]);
        Volatile.Write(ref _servers[index], server);
    }

    /// <summary>Starts all of them.</summary>
    /// <returns>An author for each, who goes to the next while it is down.</returns>
    public async Task<IReadOnlyList<FleetAuthor>> AdmitAsync(params IReadOnlyList<(string Name, string Value)> settings)
    {
        // The first makes the token.
        await StartAsync(0, settings);
        await Task.WhenAll(Enumerable.Range(1, count - 1).Select(replica => StartAsync(replica, settings)));
        var authors = new List<FleetAuthor>();
        for (var i = 0; i < count; i++)
        {
            var own = i;
            authors.Add(await FleetAuthor.AdmitAsync(this[0]!, () => this[own] ?? this[(own + 1) % count]));
        }

        return authors;
    }

    public ServerProcess Process(int index) => _servers[index]!;

    /// <summary>Ends a replica as a power cut would.</summary>
    public async Task KillAsync(int index)
    {
        var server = _servers[index]!;
        Volatile.Write(ref _servers[index], null);
        await server.SignalAsync("KILL");
        await server.EndAsync();
        await server.DisposeAsync();
    }

    /// <summary>Kills one after the other and starts it again at once, until something else ends. All are up then.</summary>
    public async Task KillInTurnAsync(TimeSpan every, Task until, params IReadOnlyList<(string Name, string Value)> settings)
    {
        for (var victim = 0; ; victim = (victim + 1) % count)
        {
            if (await Task.WhenAny(until, Task.Delay(every, TestContext.Current.CancellationToken)) == until) return;
            await KillAsync(victim);
            await StartAsync(victim, settings);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.OfType<ServerProcess>()) await server.DisposeAsync();
    }
}
