using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Promises.Model.Documents;

/// <summary>Branch names: what <c>git check-ref-format</c> takes, and of that only what no tool can read as anything else.</summary>
public static partial class BranchName
{
    private const int Longest = 100;

    public static bool IsAllowed(string branch, [NotNullWhen(false)] out string? remedy)
    {
        remedy = branch switch
        {
            "" => "Name a branch, such as main.",
            { Length: > Longest } => $"Use at most {Longest} characters.",
            "HEAD" => "HEAD is no branch; name one, such as main.",
            _ when branch.StartsWith("refs/", StringComparison.Ordinal) => "Give the short name, such as main.",
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
