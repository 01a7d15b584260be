using System.Buffers.Binary;
using System.Buffers.Text;

namespace Promises.Server.Features.Events;

/// <summary>A place in the log: whoever is here has seen everything up to and with it.</summary>
/// <param name="Xid">The transaction that wrote the row.</param>
internal readonly record struct EventPosition(ulong Xid, long Sequence) : IComparable<EventPosition>
{
    private const int Length = 3 * sizeof(long);

    /// <summary>The place right before this one.</summary>
    public EventPosition Before() => this with { Sequence = Sequence - 1 };

    /// <summary>The place from which all rows of this transaction and later ones are still to come.</summary>
    public static EventPosition Of(ulong xid) => new(xid, 0);

    public static EventPosition Max(EventPosition a, EventPosition b) => a > b ? a : b;

    public int CompareTo(EventPosition other) => Xid == other.Xid ? Sequence.CompareTo(other.Sequence) : Xid.CompareTo(other.Xid);

    public static bool operator <(EventPosition a, EventPosition b) => a.CompareTo(b) < 0;

    public static bool operator >(EventPosition a, EventPosition b) => a.CompareTo(b) > 0;

    public static bool operator <=(EventPosition a, EventPosition b) => a.CompareTo(b) <= 0;

    public static bool operator >=(EventPosition a, EventPosition b) => a.CompareTo(b) >= 0;

    /// <summary>The id of an event: the place, and of which log.</summary>
    public string ToId(ulong log)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, log);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Xid);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Sequence);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>False for what is no id of any log.</summary>
    public static bool TryParse(string id, out ulong log, out EventPosition position)
    {
        Span<byte> bytes = stackalloc byte[Length];
        (log, position) = (0, default);
        if (id.Length != Base64Url.GetEncodedLength(Length) || !Base64Url.TryDecodeFromChars(id, bytes, out var written) || written != Length) return false;

        log = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        position = new EventPosition(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]));
        return true;
    }
}
