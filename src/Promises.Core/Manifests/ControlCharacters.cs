using System.Buffers;
using System.Globalization;

namespace Promises.Manifests;

/// <summary>
/// C0 and C1 but tab, line feed and carriage return, and DEL: no manifest needs them, terminals obey them, and readers disagree about them.
/// </summary>
internal static class ControlCharacters
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r'))]);

    /// <summary>Index of the first; -1 if there is none.</summary>
    public static int IndexIn(ReadOnlySpan<char> text) => text.IndexOfAny(Forbidden);

    /// <summary>As <c>U+0007</c>: the character itself must not reach a message.</summary>
    public static string Name(char c) => "U+" + ((int)c).ToString("X4", CultureInfo.InvariantCulture);
}
