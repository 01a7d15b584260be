using System.Text;

namespace Promises.StateStores;

/// <summary>The content of a tree: for each name its mode in octal, a space, the name, a zero, and the 20 bytes of an id.</summary>
internal static class TreeFormat
{
    private const int IdLength = 20;

    /// <summary>The bit for which git's import has a use of its own; no file in git has it.</summary>
    private const int SetUserId = 0x800;

    /// <exception cref="InvalidDataException">
    /// It is not what git writes today, such as one of an old program with zeros before its modes. Git sets that right in what it writes anew,
    /// and is left to do so.
    /// </exception>
    public static IEnumerable<TreeItem> Read(ReadOnlyMemory<byte> content)
    {
        TreeItem? before = null;
        for (var rest = content; !rest.IsEmpty;)
        {
            var space = rest.Span.IndexOf((byte)' ');
            var end = rest.Span.IndexOf((byte)0);
            if (space <= 0 || end <= space + 1 || rest.Length < end + 1 + IdLength) throw new InvalidDataException("A tree is cut short.");
            var item = new TreeItem(Encoding.Latin1.GetString(rest.Span[(space + 1)..end]), Mode(rest.Span[..space]), rest.Slice(end + 1, IdLength));
            if (before is not null && TreeItem.Compare(before, item) >= 0) throw new InvalidDataException("A tree is out of order.");
            yield return before = item;
            rest = rest[(end + 1 + IdLength)..];
        }
    }

    /// <param name="items">In the order of git.</param>
    public static byte[] Write(IReadOnlyList<TreeItem> items)
    {
        // A mode has six digits at most.
        var content = new byte[items.Sum(item => 6 + 1 + item.Name.Length + 1 + IdLength)];
        var length = 0;
        foreach (var item in items)
        {
            length += Encoding.Latin1.GetBytes(Convert.ToString(item.Mode, 8), content.AsSpan(length));
            content[length++] = (byte)' ';
            length += Encoding.Latin1.GetBytes(item.Name, content.AsSpan(length));
            content[length++] = 0;
            item.Id.Span.CopyTo(content.AsSpan(length));
            length += IdLength;
        }

        return content[..length];
    }

    private static int Mode(ReadOnlySpan<byte> digits)
    {
        var mode = 0;
        foreach (var digit in digits) mode = digit is >= (byte)'0' and <= (byte)'7' && mode <= 0xffff ? (mode << 3) | (digit - '0') : 0;
        if (mode is <= 0 or > 0xffff || (mode & SetUserId) != 0 || digits[0] == '0') throw new InvalidDataException("A tree has a mode that is none.");
        return mode;
    }
}
