using System.Buffers.Binary;
using System.IO.Compression;

namespace Promises.StateStores;

/// <summary>Writes a pack of whole objects, without deltas (gitformat-pack, version 2).</summary>
internal static class PackWriter
{
    /// <summary>No bytes, compressed. A <see cref="ZLibStream"/> that is given none writes none.</summary>
    private static ReadOnlySpan<byte> Nothing => [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];

    /// <returns>What an index says of it.</returns>
    public static PackContent Write(IReadOnlyCollection<GitObject> objects, Stream to)
    {
        using var pack = new PackStream(to);
        Span<byte> header = stackalloc byte[12];
        "PACK"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], (uint)objects.Count);
        pack.Write(header);
        pack.TakeCrc();

        var packed = new List<PackedObject>(objects.Count);
        foreach (var one in objects)
        {
            var offset = pack.Position;
            Write(one, pack);
            packed.Add(new PackedObject(one.Id, offset, pack.TakeCrc()));
        }

        var hash = pack.TakeHash();
        to.Write(hash);
        return new PackContent(packed, hash);
    }

    private static void Write(GitObject one, PackStream to)
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

/// <param name="Hash">Of all that comes before it: the name of the pack.</param>
internal sealed record PackContent(IReadOnlyList<PackedObject> Objects, byte[] Hash);

/// <param name="Offset">In the pack, of its first byte.</param>
/// <param name="Crc">Of its bytes there.</param>
internal readonly record struct PackedObject(string Id, long Offset, uint Crc);
