using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Promises.Testing;

namespace Promises.EndToEnd.Tests.Support;

/// <summary>The real program on a free port of its own, with a data directory of its own.</summary>
internal sealed partial class TestServer : WebApplicationFactory<Program>
{
    private readonly TempDirectory _place = new();
    private readonly IReadOnlyDictionary<string, string> _settings;

    private TestServer(IReadOnlyDictionary<string, string> settings)
    {
        _settings = settings;
        UseKestrel(0);
    }

    public string DataDirectory => _place["data"];

    public Uri Address { get; private set; } = null!;

    public string AdminToken => File.ReadAllText(Path.Combine(DataDirectory, "admin.token")).Trim();

    public static TestServer Start(string connectionString, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        var all = new Dictionary<string, string>
        {
            ["ConnectionStrings:Promises"] = connectionString,
            ["Http:Port"] = "0",
            ["Git:AllowLocal"] = "true",
            // Tests that are about it say how often.
            ["Delivery:LookInterval"] = "01:00:00",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        };
        foreach (var (name, value) in settings) all[name] = value;

        var server = new TestServer(all);
        server.StartServer();
        var addresses = server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        server.Address = new Uri(addresses.Addresses.First());
        return server;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Data:Directory", DataDirectory);
        foreach (var (name, value) in _settings) builder.UseSetting(name, value);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _place.Dispose();
    }
}
