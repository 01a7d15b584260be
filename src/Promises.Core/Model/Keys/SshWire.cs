using System.Buffers.Binary;
using System.Text;

namespace Promises.Model.Keys;

/// <summary>Reads and writes the fields that keys of ssh are made of: a length of four bytes before each.</summary>
internal sealed class SshWire(ReadOnlyMemory<byte> data)
{
    private ReadOnlyMemory<byte> _rest = data;

    public bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidDataException">There is less than that.</exception>
    public uint Number()
    {
        if (_rest.Length < 4) throw new InvalidDataException();
        var number = BinaryPrimitives.ReadUInt32BigEndian(_rest.Span);
        _rest = _rest[4..];
        return number;
    }

    /// <exception cref="InvalidDataException">There is less than that.</exception>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Number();
        if (length > _rest.Length) throw new InvalidDataException();
        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    public string Text() => Encoding.ASCII.GetString(Bytes().Span);

    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        var field = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(field, (uint)bytes.Length);
        bytes.CopyTo(field.AsSpan(4));
        return field;
    }

    /// <summary>An unsigned number: with a zero before it where it would pass for a negative one.</summary>
    public static byte[] OfNumber(ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        return Of(number.Length > 0 && number[0] >= 0x80 ? [0, .. number] : number);
    }
}
