using System.Net;
using System.Net.Sockets;
using Promises.Testing;

namespace Promises.StateStores.Tests;

/// <summary>A real git clones from a listener that only hands its streams to <see cref="UploadPack"/>.</summary>
public sealed class UploadPackTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_real_git_clones_in_every_protocol_version(string version)
    {
        for (var i = 0; i < 40; i++) _fixture.Repo.Commit("main", $"commit {i}", ($"f{i}", $"{i}"));
        _fixture.Repo.In("update-ref", "refs/w/pending", _fixture.Repo.Head()!);
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var serving = ServeAsync(listener);

        var work = _fixture["clone"];
        await Task.Run(() => GitRepo.Git("-c", $"protocol.version={version}", "clone", "-q", $"http://127.0.0.1:{port}/app.git", work));
        _fixture.Repo.Commit("main", "one more", ("late", "1"));
        await Task.Run(() => GitRepo.Git("-C", work, "-c", $"protocol.version={version}", "pull", "-q"));
        var refs = await Task.Run(() => GitRepo.Git("-c", $"protocol.version={version}", "ls-remote", $"http://127.0.0.1:{port}/app.git"));

        listener.Stop();
        await serving;
        File.Exists(Path.Combine(work, "late")).ShouldBeTrue();
        refs.ShouldNotContain("refs/w/pending");
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_an_error() =>
        await Should.ThrowAsync<StateStoreException>(() => _fixture.Provider.UploadPack.AdvertiseAsync(_fixture["nowhere.git"], null, Stream.Null, None));

    [Fact]
    public async Task A_client_that_goes_ends_the_process()
    {
        _fixture.Repo.Commit("main", "x", ("a", "1"));
        using var stop = new CancellationTokenSource();
        var request = new System.IO.Pipelines.Pipe().Reader.AsStream();
        var serving = _fixture.Provider.UploadPack.ServeAsync(_fixture.Repo.Path, "version=2", null, request, Stream.Null, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => serving);
    }

    public void Dispose() => _fixture.Dispose();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception) when (!listener.IsListening)
            {
                return;
            }

            var (request, response) = (context.Request, context.Response);
            var uploads = _fixture.Provider.UploadPack;
            if (request.HttpMethod == "GET")
            {
                response.ContentType = UploadPack.AdvertisementType;
                await uploads.AdvertiseAsync(_fixture.Repo.Path, request.Headers["Git-Protocol"], response.OutputStream, None);
            }
            else
            {
                response.ContentType = UploadPack.ResultType;
                await uploads.ServeAsync(
                    _fixture.Repo.Path, request.Headers["Git-Protocol"], request.Headers["Content-Encoding"], request.InputStream, response.OutputStream, None);
            }

            response.Close();
        }
    }
}
