using System.Security.Cryptography;

namespace Promises.StateStores;

/// <summary>
/// Pushes over http without git: one request, on a connection that is kept. What it cannot do, or what goes wrong, is left to git, which tells what is the
/// matter. Once a request has begun to go out, only a full answer is believed; all else is unknown.
/// </summary>
internal sealed class DirectPushes(GitOptions options, TimeProvider time) : IDisposable
{
    private readonly DirectConnections _connections = new(options);
    private readonly DirectMemory _memory = new(time);

    /// <returns>What became of each move, in their order; null where nothing was sent and git is to do it.</returns>
    public async Task<IReadOnlyList<PushResult>?> TryAsync(
        string intention, RemoteAccess access, IReadOnlyList<BranchMove> moves, IReadOnlyList<GitObject> objects, CancellationToken cancellationToken)
    {
        if (access is not HttpRemote { Direct: { } host } || !_memory.Allows(access.Url)) return null;
        if (objects.Sum(one => (long)one.Content.Length) > PushRequest.MostBytes || !PushRequest.IsSound(moves, objects)) return null;

        using var limits = new TransferLimits(options, time, cancellationToken);
        OnceContent? content = null;
        try
        {
            var answer = await OverConnectionAsync(host, async connection =>
            {
                var remote = new ReceivePack(host, connection, limits);
                var capabilities = await CapabilitiesAsync(access.Url, remote);
                content = new OnceContent(PushRequest.Write(moves, objects, capabilities), limits);
                return await remote.PushAsync(content, capabilities, moves.Select(move => RefNames.Branch(move.Branch)).ToHashSet(StringComparer.Ordinal));
            });
            var results = DirectReport.Read(intention, answer, moves, access.Secrets);
            if (results.Any(result => result.Outcome == PushOutcome.Unknown)) Fall(access.Url, "the pack was refused");
            return results;
        }
        catch (Exception failed) when (IsExpected(failed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var why = Why(failed, limits);
            Fall(access.Url, why);
            return content?.HasBegun == true ? DirectReport.Unknown($"{intention}: {why}.", moves) : null;
        }
        finally
        {
            content?.Dispose();
        }
    }

    public void Dispose() => _connections.Dispose();

    private async Task<PushAnswer> OverConnectionAsync(DirectHost host, Func<HttpMessageInvoker, Task<PushAnswer>> work)
    {
        var connection = _connections.Rent(host);
        try
        {
            return await work(connection);
        }
        finally
        {
            _connections.Return(host);
        }
    }

    private async Task<PushCapabilities> CapabilitiesAsync(string url, ReceivePack remote)
    {
        if (_memory.Of(url) is { } known) return known;
        var capabilities = await remote.AskAsync();
        _memory.Learned(url, capabilities);
        return capabilities;
    }

    private void Fall(string url, string why)
    {
        _memory.Failed(url);
        GitFallbacks.Count("push", why);
    }

    private static bool IsExpected(Exception failed) =>
        failed is HttpRequestException or IOException or InvalidDataException or OperationCanceledException or CryptographicException;

    /// <summary>In our own words: those of the libraries are not made for people, and may quote what was sent.</summary>
    private static string Why(Exception failed, TransferLimits limits) => failed switch
    {
        _ when limits.HavePassed => "the host took too long and was left",
        InvalidDataException odd => odd.Message.TrimEnd('.'),
        CryptographicException => "the certificate of the authority cannot be read",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "the certificate of the host is not trusted",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "the host cannot be connected to",
        _ => "the connection broke before the answer",
    };
}
