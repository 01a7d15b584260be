using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Promises.StateStores;

/// <summary>Writes a pack of whole objects, without deltas (gitformat-pack, version 2).</summary>
internal static class PackWriter
{
    /// <summary>No bytes, compressed. A <see cref="ZLibStream"/> that is given none writes none.</summary>
    private static ReadOnlySpan<byte> Nothing => [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    public static void Write(IReadOnlyCollection<GitObject> objects, Stream to)
    {
#pragma warning disable CA5350 // The sum at the end of a pack is SHA-1; nothing here relies on its strength.
        using var sha = SHA1.Create();
#pragma warning restore CA5350
        using (var hashed = new CryptoStream(to, sha, CryptoStreamMode.Write, leaveOpen: true))
        {
            Span<byte> header = stackalloc byte[12];
            "PACK"u8.CopyTo(header);
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], 2);
            BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)objects.Count);
            hashed.Write(header);
            foreach (var one in objects) Write(one, hashed);
        }

        to.Write(sha.Hash!);
    }

    private static void Write(GitObject one, CryptoStream to)
    {
        // The type and the four lowest bits of the size, then seven bits at a time; the highest bit says that more follow.
        var size = one.Content.Length;
        var first = ((int)one.Type << 4) | (size & 15);
        for (size >>= 4; size > 0; size >>= 7)
        {
            to.WriteByte((byte)(first | 128));
            first = size & 127;
        }

        to.WriteByte((byte)first);
        if (one.Content.IsEmpty)
        {
            to.Write(Nothing);
            return;
        }

        using var packed = new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true);
        packed.Write(one.Content.Span);
    }
}
