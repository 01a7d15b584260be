using Promises.Testing;

namespace Promises.Benchmarks.Floors;

/// <summary>How the server reaches the repository it writes to, and plain git others with the same content.</summary>
internal interface ITransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Makes the repository, if the server does not.</summary>
    /// <returns>Its directory.</returns>
    string Prepare(string place, string dataDirectory);

    /// <summary>Null for an embedded store.</summary>
    string? Url(string repository);

    /// <summary>Who makes objects and pushes.</summary>
    string Writer => "git";
}

internal static class Transports
{
    /// <summary>Each with a name for its files.</summary>
    public static IEnumerable<(ITransport, string)> All =>
    [
        (new FileTransport(), "file"), (new HttpTransport(), "http"), (new EmbeddedTransport(), "embedded"),
        (new FileTransport("direct"), "file-direct"), (new HttpTransport("direct"), "http-direct"),
    ];
}

internal sealed class EmbeddedTransport : ITransport
{
    public string Name => "embedded";

    public string Prepare(string place, string dataDirectory) => Path.Combine(dataDirectory, "stores", "default.git");

    public string? Url(string repository) => null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class FileTransport(string writer = "git") : ITransport
{
    public string Name => writer == "git" ? "file://" : $"file://, {writer}";

    public string Writer => writer;

    public string Prepare(string place, string dataDirectory) => Git.Init(Path.Combine(place, "fleet.git"));

    public string? Url(string repository) => $"file://{repository}";

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class HttpTransport(string writer = "git") : ITransport
{
    private GitHttpServer? _server;

    public string Name => writer == "git" ? "http" : $"http, {writer}";

    public string Writer => writer;

    public string Prepare(string place, string dataDirectory)
    {
        _server = new GitHttpServer(place);
        return Git.Init(Path.Combine(place, "fleet.git"));
    }

    public string? Url(string repository) => _server!.Url(Path.GetFileNameWithoutExtension(repository));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
