using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Promises.Manifests;

/// <summary>
/// Chooses how a string is written so that PyYAML, go-yaml, kyaml and YamlDotNet, in YAML 1.1 or 1.2, read that string and nothing else.
/// </summary>
internal static partial class YamlText
{
    /// <summary>Argo CD skips a whole file whose bytes contain this, wherever it stands.</summary>
    private const string SkipMarker = "+argocd:skip-file-rendering";

    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "none", "nan", "inf", "infinity",
    };

    /// <summary>A value on one line: as it is where that is safe, else in double quotes.</summary>
    public static string Line(string text) => IsPlain(text) ? text : Quote(text);

    /// <summary>As <see cref="Line"/>, with fewer characters taken as they are: a key is followed by a colon.</summary>
    public static string Key(string key) => PlainKey().IsMatch(key) && !Words.Contains(key) ? key : Quote(key);

    /// <summary>Whether a text of several lines can be a literal block without a reader changing it.</summary>
    public static bool IsBlock(string text)
    {
        if (!text.Contains('\n') || text.Contains(SkipMarker, StringComparison.Ordinal)) return false;
        var body = text.AsSpan().TrimEnd('\n');
        if (body.IsEmpty) return false;
        foreach (var line in body.Split('\n'))
        {
            // A line of blanks only, or blanks at the end, are what editors and diffs lose.
            if (body[line] is { IsEmpty: false } content && content[^1] is ' ' or '\t') return false;
        }

        foreach (var rune in body.EnumerateRunes())
        {
            if (rune.Value is not ('\n' or '\t') && MustEscape(rune)) return false;
        }

        return true;
    }

    /// <summary>What follows the bar of a literal block: an indentation of two where the text begins with a blank, and how it ends.</summary>
    public static string BlockHeader(string text)
    {
        var indented = text.AsSpan().TrimStart('\n')[0] is ' ' or '\t' ? "2" : "";
        var end = !text.EndsWith('\n') ? "-" : text.EndsWith("\n\n", StringComparison.Ordinal) ? "+" : "";
        return "|" + indented + end;
    }

    private static bool IsPlain(string text)
    {
        if (Words.Contains(text) || !(PlainStart().IsMatch(text) || Quantity().IsMatch(text))) return false;
        if (text[^1] is ' ' or ':' || text.Contains(": ", StringComparison.Ordinal) || text.Contains(" #", StringComparison.Ordinal)) return false;
        if (text.Contains(SkipMarker, StringComparison.Ordinal)) return false;
        // As nearly all are, and seen at once.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return true;
        foreach (var rune in text.EnumerateRunes())
        {
            if (MustEscape(rune)) return false;
        }

        return true;
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when !MustEscape(rune) => quoted.Append(rune.ToString()),
                <= 0xFF => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                <= 0xFFFF => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return quoted.Append('"').Replace(SkipMarker, "\\x2b" + SkipMarker[1..]).ToString();
    }

    /// <summary>What is invisible, turns the text around it, or is not allowed in YAML.</summary>
    private static bool MustEscape(Rune rune) =>
        (rune.Value & 0xFFFE) == 0xFFFE
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    // No number, timestamp or indicator of any YAML begins with a letter, a dollar sign, a path, or two dashes and a letter.
    [GeneratedRegex(@"^(--)?\p{L}|^\.{0,2}/|^\$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainStart();

    // What Kubernetes and Go write for amounts of memory, time and processors.
    [GeneratedRegex(@"^[1-9][0-9]*(m|s|h|k|M|G|Ki|Mi|Gi|Ti)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();

    [GeneratedRegex(@"^[A-Za-z/$][A-Za-z0-9_./$-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainKey();
}
