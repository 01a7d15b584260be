using System.Globalization;
using System.Text;

namespace Promises.StateStores;

/// <summary>Writes what Git's protocols are made of (gitprotocol-common): a length of four hexadecimal digits, which counts itself, and that much.</summary>
internal static class PktLine
{
    private const int Largest = 65520;

    public static void Write(Stream to, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length + 4, Largest);
        to.Write(Encoding.ASCII.GetBytes((payload.Length + 4).ToString("x4", CultureInfo.InvariantCulture)));
        to.Write(payload);
    }

    /// <summary>The end of a list of lines.</summary>
    public static void Flush(Stream to) => to.Write("0000"u8);
}
