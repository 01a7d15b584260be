using System.Globalization;
using System.Text.RegularExpressions;

namespace Promises.Manifests;

internal enum ScalarKind { String, Null, Boolean, Number, NotFinite, OutOfRange }

/// <summary>
/// What a plain scalar means to Kubernetes' tools: sigs.k8s.io/yaml on go-yaml v2, which is YAML 1.1 without y, n, sexagesimals and timestamps.
/// </summary>
/// <param name="Text">Canonical text of a number or boolean, else the scalar as written.</param>
internal readonly partial record struct YamlScalar(ScalarKind Kind, string Text)
{
    public static YamlScalar Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new(ScalarKind.Null, text),
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => new(ScalarKind.Boolean, "true"),
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => new(ScalarKind.Boolean, "false"),
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN"
            => new(ScalarKind.NotFinite, text),
        ['.', ..] => Decimal(text, text),
        [(>= '0' and <= '9') or '-' or '+', ..] => Number(text, text.Replace("_", "", StringComparison.Ordinal)),
        _ => new(ScalarKind.String, text),
    };

    private static YamlScalar Number(string text, string bare)
    {
        var sign = bare.StartsWith('-') ? "-" : "";
        var magnitude = bare.AsSpan(bare[0] is '-' or '+' ? 1 : 0);
        ulong? integer = magnitude switch
        {
            ['0', 'x' or 'X', .. var digits] => Parse(digits, NumberStyles.AllowHexSpecifier),
            ['0', 'b' or 'B', .. var digits] => Parse(digits, NumberStyles.AllowBinarySpecifier),
            ['0', 'o' or 'O', .. var digits] => Octal(digits),
            ['0', .. { Length: > 0 } digits] => Octal(digits),
            _ => null,
        };
        if (integer is { } value && (sign.Length == 0 || value <= (ulong)long.MaxValue + 1))
        {
            var canonical = value.ToString(CultureInfo.InvariantCulture);
            return new(ScalarKind.Number, value == 0 ? "0" : sign + canonical);
        }

        return Decimal(text, bare);
    }

    private static YamlScalar Decimal(string text, string bare)
    {
        if (!DecimalForm().IsMatch(bare)) return new(ScalarKind.String, text);
        if (bare.Length > DocumentLimits.NumberLength) return new(ScalarKind.OutOfRange, text);
        if (NumberText.IsReasonable(bare)) return new(ScalarKind.Number, NumberText.Canonical(bare));

        // Too large for a float is a string, which keeps commit ids such as 12345678e1234567.
        return double.IsInfinity(double.Parse(bare, CultureInfo.InvariantCulture)) ? new(ScalarKind.String, text) : new(ScalarKind.OutOfRange, text);
    }

    private static ulong? Parse(ReadOnlySpan<char> digits, NumberStyles style) =>
        ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static ulong? Octal(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty) return null;
        var value = 0UL;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value > ulong.MaxValue >> 3) return null;
            value = (value << 3) + (ulong)(digit - '0');
        }

        return value;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalForm();
}
