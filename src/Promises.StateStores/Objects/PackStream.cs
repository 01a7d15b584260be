using System.Security.Cryptography;

namespace Promises.StateStores;

/// <summary>Passes on what is written, and keeps the sums of it that a pack and its index hold.</summary>
internal sealed class PackStream(Stream to) : Stream
{
    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(Remainder)];

#pragma warning disable CA5350 // The sum at the end of a pack is SHA-1; nothing here relies on its strength.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
    private long _written;
    private uint _remainder;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written;

    /// <summary>How much was written.</summary>
    public override long Position { get => _written; set => throw new NotSupportedException(); }

    /// <summary>The CRC-32 of what was written since this was asked last, as zlib computes it.</summary>
    public uint TakeCrc()
    {
        var crc = ~_remainder;
        _remainder = uint.MaxValue;
        return crc;
    }

    /// <summary>Of everything so far; the next begins anew.</summary>
    public byte[] TakeHash() => _hash.GetHashAndReset();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        foreach (var one in buffer) _remainder = s_table[(byte)(_remainder ^ one)] ^ (_remainder >> 8);
        _written += buffer.Length;
        to.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => to.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>The stream that it passes on to stays open.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Of a byte by the polynomial of CRC-32, its bits from the lowest up. The framework keeps its own to itself.</summary>
    private static uint Remainder(int one)
    {
        var remainder = (uint)one;
        for (var bit = 0; bit < 8; bit++) remainder = (remainder >> 1) ^ ((remainder & 1) == 0 ? 0 : 0xedb88320);
        return remainder;
    }
}
