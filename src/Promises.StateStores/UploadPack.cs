using System.IO.Compression;

namespace Promises.StateStores;

/// <summary>The reading half of git's smart HTTP protocol, for a bare repository on this machine.</summary>
public sealed class UploadPack
{
    private readonly GitProcess _git;

    internal UploadPack(GitProcess git) => _git = git;

    public const string AdvertisementType = "application/x-git-upload-pack-advertisement";
    public const string ResultType = "application/x-git-upload-pack-result";
    public const string RequestType = "application/x-git-upload-pack-request";

    /// <summary>Answers <c>GET info/refs?service=git-upload-pack</c>.</summary>
    public async Task AdvertiseAsync(string repository, string? protocolHeader, Stream response, CancellationToken cancellationToken)
    {
        var protocol = Protocol(protocolHeader);
        // Version 2 begins at once; the older ones expect to be told the service.
        if (protocol != "version=2") await response.WriteAsync("001e# service=git-upload-pack\n0000"u8.ToArray(), cancellationToken);
        var command = Command(repository, protocol, ["upload-pack", "--stateless-rpc", "--advertise-refs", repository]) with
        {
            Output = (stream, token) => stream.CopyToAsync(response, token),
        };
        (await _git.RunAsync(command, cancellationToken)).OrThrow();
    }

    /// <summary>Answers <c>POST git-upload-pack</c>. Git is killed when the client goes.</summary>
    /// <param name="contentEncoding">Git compresses larger requests: <c>gzip</c>, or null.</param>
    public async Task ServeAsync(
        string repository, string? protocolHeader, string? contentEncoding, Stream request, Stream response, CancellationToken cancellationToken)
    {
        await using var unpacked = contentEncoding is "gzip" or "x-gzip" ? new GZipStream(request, CompressionMode.Decompress, leaveOpen: true) : null;
        var command = Command(repository, Protocol(protocolHeader), ["upload-pack", "--stateless-rpc", repository]) with
        {
            Limit = _git.Options.ServeLimit,
            Input = (stream, token) => FeedAsync(unpacked ?? request, stream, token),
            Output = (stream, token) => stream.CopyToAsync(response, token),
        };
        (await _git.RunAsync(command, cancellationToken)).OrThrow();
    }

    // A body that is not what its header says ends the request as if the client had gone.
    private static async Task FeedAsync(Stream body, Stream git, CancellationToken cancellationToken)
    {
        try
        {
            await body.CopyToAsync(git, cancellationToken);
        }
        catch (InvalidDataException malformed)
        {
            throw new IOException("The request is not compressed as it says.", malformed);
        }
    }

    private static GitCommand Command(string repository, string? protocol, IReadOnlyList<string> arguments) =>
        new($"Cannot serve {Path.GetFileName(repository)}", arguments)
        {
            TrustsOwner = true,
            Settings = [("transfer.hideRefs", "refs/w"), ("uploadpack.allowFilter", "true")],
            Variables = protocol is null ? [] : [("GIT_PROTOCOL", protocol)],
        };

    /// <summary>The header becomes an environment variable of git: only what git itself sends is let through.</summary>
    private static string? Protocol(string? header) => header is "version=0" or "version=1" or "version=2" ? header : null;
}
