using System.Text.RegularExpressions;

namespace Promises.Selectors;

/// <summary>Syntax of label keys, label values and names, as Kubernetes has it: ASCII, case-sensitive.</summary>
public static partial class LabelRules
{
    /// <summary>Labels below this prefix are derived by the service: they can be selected by and not set.</summary>
    public const string ReservedPrefix = "promises.dev/";

    /// <summary><c>[prefix/]name</c>: the prefix an RFC 1123 subdomain of at most 253 characters, the name 1 to 63 characters.</summary>
    public static bool IsKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? IsQualifiedName(text) : IsSubdomain(text[..slash]) && IsQualifiedName(text[(slash + 1)..]);
    }

    /// <summary>Empty, or at most 63 characters that begin and end with a letter or digit.</summary>
    public static bool IsValue(string text) => text.Length == 0 || IsQualifiedName(text);

    /// <summary>An RFC 1123 label of at most 63 characters.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 63 && NamePattern().IsMatch(text);

    /// <summary>RFC 1123 labels joined by dots, at most 253 characters.</summary>
    public static bool IsSubdomain(string text) => text.Length is > 0 and <= 253 && SubdomainPattern().IsMatch(text);

    /// <summary>Whether the key is one that only the service sets.</summary>
    public static bool IsReserved(string key) => key.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    private static bool IsQualifiedName(string text) => text.Length is > 0 and <= 63 && QualifiedNamePattern().IsMatch(text);

    // \z, not $: $ would accept a line feed at the end.
    [GeneratedRegex(@"\A[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedNamePattern();

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SubdomainPattern();
}
