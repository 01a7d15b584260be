using System.Net;
using System.Net.Http.Headers;

namespace Promises.StateStores;

/// <summary>The body of a push. It goes out once: a second one would be refused for what the first one did.</summary>
internal sealed class OnceContent : HttpContent
{
    private const int Step = 64 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly TransferLimits _limits;
    private int _begun;

    public OnceContent(ReadOnlyMemory<byte> bytes, TransferLimits limits)
    {
        (_bytes, _limits) = (bytes, limits);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-git-receive-pack-request");
    }

    /// <summary>Some of it may have arrived.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0) throw new IOException("A push is not sent twice.");
        for (var at = 0; at < _bytes.Length; at += Step)
        {
            await stream.WriteAsync(_bytes[at..Math.Min(at + Step, _bytes.Length)], cancellationToken);
            _limits.Moved();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
