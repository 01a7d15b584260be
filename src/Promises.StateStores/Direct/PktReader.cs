using System.Globalization;
using System.Text;

namespace Promises.StateStores;

/// <summary>Takes lines of Git's protocols apart, and nothing that is not quite one.</summary>
internal sealed class PktReader(ReadOnlyMemory<byte> rest)
{
    private ReadOnlyMemory<byte> _rest = rest;

    public bool AtEnd => _rest.IsEmpty;

    /// <summary>What the next line holds; null for a flush, which ends a list.</summary>
    /// <exception cref="InvalidDataException">It is no such line, or cut.</exception>
    public ReadOnlyMemory<byte>? Next()
    {
        if (_rest.Length < 4 || !int.TryParse(_rest.Span[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
            || length is > 0 and < 4 || length > _rest.Length)
            throw new InvalidDataException("The answer is not one of Git's protocol, or it is cut.");

        var line = length == 0 ? (ReadOnlyMemory<byte>?)null : _rest[4..length];
        _rest = _rest[Math.Max(4, length)..];
        return line;
    }

    /// <summary>The next line as text, without the line feed that it may end in.</summary>
    public string? NextText()
    {
        if (Next() is not { } line) return null;
        var text = Encoding.UTF8.GetString(line.Span);
        return text.EndsWith('\n') ? text[..^1] : text;
    }
}
