using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Promises.Model.Documents;

/// <summary>
/// Branch names, and patterns of them: what <c>git check-ref-format</c> takes, and of that only what no tool can read as anything else. A pattern is
/// judged by what it gives for a cluster with the longest name.
/// </summary>
public static partial class BranchName
{
    private const int Longest = 100;
    private static readonly string s_longestCluster = new('c', Limits.Name);

    public static bool IsAllowed(string pattern, [NotNullWhen(false)] out string? remedy)
    {
        var branch = BranchPattern.Of(pattern, s_longestCluster);
        remedy = branch switch
        {
            "" => "Name a branch, such as main.",
            _ when pattern.Length > Longest => $"Use at most {Longest} characters.",
            "HEAD" => "HEAD is no branch; name one, such as main.",
            _ when branch.StartsWith("refs/", StringComparison.Ordinal) => "Give the short name, such as main.",
            _ when pattern.Split(BranchPattern.Cluster).Length > 2 => $"Let {BranchPattern.Cluster} stand in it once.",
            _ when branch.AsSpan().ContainsAny('{', '}') => $"Braces are only for {BranchPattern.Cluster}, which stands for the name of each cluster.",
            _ when !Characters().IsMatch(branch) => "Use A-Z a-z 0-9 . _ / -, not beginning with -.",
            _ when branch.Split('/').Any(part => part.Length == 0 || part[0] is '.' || part.EndsWith('.') || part.EndsWith(".lock", StringComparison.OrdinalIgnoreCase))
                || branch.Contains("..", StringComparison.Ordinal) => "No part may be empty, begin or end with a dot, hold two dots in a row, or end in .lock.",
            _ => null,
        };
        return remedy is null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._/][A-Za-z0-9._/-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Characters();
}
