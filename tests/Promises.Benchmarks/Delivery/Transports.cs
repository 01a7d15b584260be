using Promises.Testing;

namespace Promises.Benchmarks.Delivery;

/// <summary>How the server reaches the repository it writes to, and plain git another one with the same content.</summary>
internal interface ITransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Makes the repository, if the server does not.</summary>
    /// <returns>Its directory.</returns>
    string Prepare(string place, string dataDirectory);

    /// <summary>Null for an embedded store.</summary>
    string? Url(string repository);

    GitFloor Floor(string place, string repository);
}

internal sealed class EmbeddedTransport : ITransport
{
    public string Name => "embedded";

    public string Prepare(string place, string dataDirectory) => Path.Combine(dataDirectory, "stores", "default.git");

    public string? Url(string repository) => null;

    public GitFloor Floor(string place, string repository) => new(GitFloor.Copy(repository, Path.Combine(place, "floor.git")), null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class FileTransport : ITransport
{
    public string Name => "file://";

    public string Prepare(string place, string dataDirectory) => GitFloor.Init(Path.Combine(place, "fleet.git"));

    public string? Url(string repository) => $"file://{repository}";

    public GitFloor Floor(string place, string repository)
    {
        var copy = GitFloor.Copy(repository, Path.Combine(place, "floor.git"));
        return new GitFloor(copy, $"file://{copy}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class HttpTransport : ITransport
{
    private GitHttpServer? _server;

    public string Name => "http";

    public string Prepare(string place, string dataDirectory)
    {
        _server = new GitHttpServer(place);
        return GitFloor.Init(Path.Combine(place, "fleet.git"));
    }

    public string? Url(string repository) => _server!.Url("fleet");

    public GitFloor Floor(string place, string repository) => new(GitFloor.Copy(repository, Path.Combine(place, "floor.git")), _server!.Url("floor"));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
