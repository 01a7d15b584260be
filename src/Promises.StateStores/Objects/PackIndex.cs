using System.Buffers.Binary;

namespace Promises.StateStores;

/// <summary>Where the objects of a pack are, as <c>git index-pack</c> writes it (gitformat-pack, version 2).</summary>
internal static class PackIndex
{
    private const int Version = 2;

    /// <exception cref="OverflowException">The pack has 2 GiB or more, which takes another table.</exception>
    public static void Write(PackContent pack, Stream to)
    {
        // Hexadecimal digits sort as the bytes do.
        var objects = pack.Objects.OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        using var index = new PackStream(to);
        index.Write([0xff, .. "tOc"u8]);
        Write(index, Version);
        // How many objects have an id that begins with this byte or a smaller one.
        var (first, count) = (objects.ConvertAll(one => Convert.FromHexString(one.Id.AsSpan(0, 2))[0]), 0);
        for (var start = 0; start <= byte.MaxValue; start++)
        {
            while (count < first.Count && first[count] <= start) count++;
            Write(index, (uint)count);
        }

        foreach (var one in objects) index.Write(Convert.FromHexString(one.Id));
        foreach (var one in objects) Write(index, one.Crc);
        foreach (var one in objects) Write(index, (uint)checked((int)one.Offset));
        index.Write(pack.Hash);
        to.Write(index.TakeHash());
    }

    private static void Write(PackStream to, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        to.Write(bytes);
    }
}
