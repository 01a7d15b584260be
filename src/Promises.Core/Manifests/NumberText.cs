using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Promises.Manifests;

/// <summary>
/// The one way a number is written: exact, and read as the same number by JSON, YAML 1.1 and YAML 1.2. Small exponents are written out; the
/// rest has a point and a sign in its exponent, because YAML 1.1 reads <c>1e3</c> as a string.
/// </summary>
internal static class NumberText
{
    private const int WrittenOut = 21;

    /// <summary>Canonical text of a decimal number in JSON's grammar; leading zeros and a bare leading or trailing point are taken too.</summary>
    public static string Canonical(string number)
    {
        var (negative, digits, exponent) = Split(number);
        if (digits.Length == 0) return "0";

        var sign = negative ? "-" : "";
        var point = digits.Length + exponent;
        if (exponent is >= 0 and <= WrittenOut) return sign + digits + new string('0', exponent);
        if (exponent < 0 && point > 0) return $"{sign}{digits[..point]}.{digits[point..]}";
        if (point is <= 0 and > -6) return $"{sign}0.{new string('0', -point)}{digits}";

        var scale = point - 1;
        return string.Create(
            CultureInfo.InvariantCulture, $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}e{(scale < 0 ? '-' : '+')}{Math.Abs(scale)}");
    }

    public static string Canonical(JsonValue number) => Canonical(number.ToJsonString());

    /// <summary>A node that yields the value as any numeric type that holds it.</summary>
    public static JsonValue Node(string canonical) => JsonValue.Create(JsonElement.Parse(canonical))!;

    /// <summary>Whether a number is of a length and size that every reader can hold.</summary>
    public static bool IsReasonable(string number) =>
        number.Length <= DocumentLimits.NumberLength
        && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
        && (value != 0 || Split(number).Digits.Length == 0);

    /// <summary>Value as digits times ten to the exponent; no zero leads or trails the digits, and zero has none.</summary>
    private static (bool Negative, string Digits, int Exponent) Split(string number)
    {
        var negative = number.StartsWith('-');
        var text = number.AsSpan(number[0] is '-' or '+' ? 1 : 0);
        var mark = text.IndexOfAny('e', 'E');
        // An exponent beyond int is let through for zero only, where it does not matter.
        var exponent = mark >= 0 && int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf('.');
        if (point >= 0) exponent -= mantissa.Length - point - 1;

        var digits = (point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..])).TrimStart('0');
        var significant = digits.TrimEnd('0');
        return (negative, significant, exponent + digits.Length - significant.Length);
    }
}
