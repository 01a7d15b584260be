using System.Diagnostics.CodeAnalysis;
using NuGet.Versioning;

namespace Promises.Model;

/// <summary>Space-separated comparators, all of which must hold: <c>&gt;=1.14.0 &lt;2.0.0</c>.</summary>
public sealed class VersionRange : IEquatable<VersionRange>
{
    private readonly (string Operator, SemanticVersion Version)[] _comparators;

    private VersionRange((string, SemanticVersion)[] comparators) => _comparators = comparators;

    /// <summary>Parses comparators. <paramref name="remedy"/> says how to write it when it is refused.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionRange? range, [NotNullWhen(false)] out string? remedy)
    {
        (range, remedy) = (null, null);
        // An operator may stand apart from its version: ">= 1.2".
        var parts = text.Replace(">= ", ">=", StringComparison.Ordinal).Replace("<= ", "<=", StringComparison.Ordinal)
            .Replace("> ", ">", StringComparison.Ordinal).Replace("< ", "<", StringComparison.Ordinal).Replace("= ", "=", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            remedy = "Name at least one comparator, such as >=1.14.0, or leave the range out.";
            return false;
        }

        var comparators = new List<(string, SemanticVersion)>();
        foreach (var part in parts)
        {
            if (part.StartsWith('^') || part.StartsWith('~') || part.Contains('|'))
            {
                remedy = ComparatorForm(part);
                return false;
            }

            var length = part.StartsWith(">=", StringComparison.Ordinal) || part.StartsWith("<=", StringComparison.Ordinal) ? 2 : part[0] is '>' or '<' or '=' ? 1 : 0;
            if (length == 0 || !Versions.TryParse(part[length..], out var version))
            {
                remedy = $"Write '{part}' as a comparator (>=, >, <=, <, =) and a semantic version, such as >=1.14.0.";
                return false;
            }

            comparators.Add((part[..length], version));
        }

        range = new VersionRange([.. comparators]);
        return true;
    }

    /// <summary>Exactly this version, which is what a version required by a Kratix document means.</summary>
    public static VersionRange Exactly(SemanticVersion version) => new([("=", version)]);

    public bool Includes(SemanticVersion version) => _comparators.All(comparator =>
    {
        var order = VersionComparer.VersionRelease.Compare(version, comparator.Version);
        return comparator.Operator switch { ">=" => order >= 0, ">" => order > 0, "<=" => order <= 0, "<" => order < 0, _ => order == 0 };
    });

    public override string ToString() => string.Join(' ', _comparators.Select(c => c.Operator + c.Version.ToNormalizedString()));

    public bool Equals(VersionRange? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as VersionRange);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    private static string ComparatorForm(string part)
    {
        if (part.Contains('|')) return "Alternatives (||) are not supported; write one span of comparators, such as >=1.2.0 <3.0.0.";
        if (!Versions.TryParse(part[1..], out var from)) return "Write the range with comparators, such as >=1.2.0 <2.0.0.";
        var to = part[0] == '~' ? $"{from.Major}.{from.Minor + 1}.0"
            : from.Major > 0 ? $"{from.Major + 1}.0.0"
            : from.Minor > 0 ? $"0.{from.Minor + 1}.0" : $"0.0.{from.Patch + 1}";
        return $"Write >={from.ToNormalizedString()} <{to}.";
    }
}

/// <summary>Semantic versions as clients write them: a leading <c>v</c> is dropped, missing parts are 0.</summary>
public static class Versions
{
    public static bool TryParse(string text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        version = null;
        if (text.Length == 0 || text.Length > Limits.Version) return false;
        var bare = text[0] is 'v' or 'V' ? text[1..] : text;
        var end = bare.IndexOfAny(['-', '+']);
        var core = end < 0 ? bare : bare[..end];
        var dots = core.Count(c => c == '.');
        if (core.Length == 0 || dots > 2 || core.Any(c => c is not ((>= '0' and <= '9') or '.'))) return false;
        for (; dots < 2; dots++) core += ".0";
        return SemanticVersion.TryParse(end < 0 ? core : core + bare[end..], out version);
    }
}
