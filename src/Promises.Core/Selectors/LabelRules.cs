using System.Text.RegularExpressions;

namespace Promises.Selectors;

/// <summary>What Kubernetes allows as label keys, label values and names. ASCII and case-sensitive.</summary>
public static partial class LabelRules
{
    /// <summary><c>[prefix/]name</c>: a DNS subdomain of at most 253, and 1 to 63 characters.</summary>
    public static bool IsKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return QualifiedName().IsMatch(key);
        return slash is > 0 and <= 253 && Subdomain().IsMatch(key[..slash]) && QualifiedName().IsMatch(key[(slash + 1)..]);
    }

    public static bool IsValue(string value) => value.Length == 0 || QualifiedName().IsMatch(value);

    /// <summary>RFC 1123 label.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
