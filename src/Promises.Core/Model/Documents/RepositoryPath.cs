using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Promises.Model.Documents;

/// <summary>
/// Paths in a repository: relative, <c>/</c> between segments, none at the ends; empty for the root. Segments are printable ASCII, so that no file
/// system reads one as another or as <c>.git</c> (HFS+ ignores some characters, NTFS has <c>git~1</c>, trailing dots and streams).
/// </summary>
public static partial class RepositoryPath
{
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "con", "prn", "aux", "nul", "conin$", "conout$",
        "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    };

    /// <summary>Names that an agent or git reads as its own.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "kustomization", "kustomization.yaml", "kustomization.yml", "chart.yaml", ".sourceignore",
    };

    /// <summary>Checks a path as clients write it; <c>.</c> and nothing stand for the root.</summary>
    public static bool TryParse(string text, out string path, [NotNullWhen(false)] out string? remedy)
    {
        path = text == "." ? "" : text;
        remedy = path.Length == 0 ? null : Problem(path);
        return remedy is null;
    }

    /// <summary>Checks a path as Kratix takes it, which joins paths: <c>/</c>, <c>./a</c>, <c>a//b/</c> are fine.</summary>
    public static bool TryParseLoose(string text, out string path, [NotNullWhen(false)] out string? remedy) =>
        TryParse(string.Join('/', text.Split('/').Where(s => s is not ("" or "."))), out path, out remedy);

    public static string Join(string a, string b) => a.Length == 0 ? b : b.Length == 0 ? a : $"{a}/{b}";

    /// <summary>Whether two directories are the same, or one lies in the other; without case, as some file systems see it.</summary>
    public static bool Overlaps(string a, string b) =>
        a.Length == 0 || b.Length == 0 || (a.Length >= b.Length ? IsWithin(a, b) : IsWithin(b, a));

    // Asked for every pair of a new cluster and one that is there, so nothing is allocated; the end tells most of them apart.
    private static bool IsWithin(string path, string directory) =>
        (path.Length == directory.Length || path[directory.Length] == '/') && path.StartsWith(directory, StringComparison.OrdinalIgnoreCase);

    private static string? Problem(string path)
    {
        if (path.Length > Limits.Path) return $"Use at most {Limits.Path} characters.";
        if (path[0] == '/') return "Give a path relative to the root of the repository, without a leading slash; '.' is the root.";
        foreach (var segment in path.Split('/'))
        {
            var problem = SegmentProblem(segment);
            if (problem is not null) return problem;
        }

        return null;
    }

    private static string? SegmentProblem(string segment) => segment switch
    {
        "" => "Leave out empty segments and a slash at the end.",
        "." or ".." => "Leave out the segments '.' and '..'.",
        { Length: > 255 } => "Use at most 255 characters in a segment.",
        _ when !Characters().IsMatch(segment) => "Use letters, digits and . _ - + = @ , ~ and spaces; a segment begins with none of - and space.",
        _ when segment[^1] is '.' or ' ' => "Let no segment end in a dot or a space.",
        _ when segment.StartsWith(".git", StringComparison.OrdinalIgnoreCase) || GitAlias().IsMatch(segment) => "Segments that can mean .git are refused; choose another name.",
        _ when segment.StartsWith(".argocd", StringComparison.OrdinalIgnoreCase) || Reserved.Contains(segment) => $"{segment} has a meaning of its own to agents; choose another name.",
        _ when Devices.Contains(segment.Split('.')[0].TrimEnd()) => $"{segment} is a device on Windows; choose another name.",
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9._+=@,~][A-Za-z0-9._+=@,~ -]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Characters();

    [GeneratedRegex(@"\Agit~[0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex GitAlias();
}
