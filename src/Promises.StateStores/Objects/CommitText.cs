using System.Globalization;
using System.Text;
using Promises.Model;

namespace Promises.StateStores;

/// <summary>The content of a commit, and the lines that are the same in the stream of git's import.</summary>
internal static class CommitText
{
    private const string Tree = "tree ";
    private const int IdLength = 40;

    public static GitObject Write(CommitSpec spec, string tree)
    {
        var parent = spec.Base is null ? "" : $"parent {spec.Base}\n";
        return GitObject.Of(GitObjectType.Commit, Encoding.UTF8.GetBytes($"{Tree}{tree}\n{parent}{People(spec)}\n{spec.Message}"));
    }

    /// <summary>Both lines about who and when.</summary>
    public static string People(CommitSpec spec) => $"author {Person(spec.Author)} {Time(spec.At)}\ncommitter {Person(spec.Committer)} {Time(spec.At)}\n";

    /// <summary>The tree of a commit.</summary>
    public static string TreeOf(GitObject commit)
    {
        var line = Encoding.Latin1.GetString(commit.Content.Span[..Math.Min(commit.Content.Length, Tree.Length + IdLength)]);
        return line.StartsWith(Tree, StringComparison.Ordinal) && RefNames.IsCommit(line[Tree.Length..])
            ? line[Tree.Length..]
            : throw new InvalidDataException("A commit names no tree.");
    }

    // Names come from clients; these characters would end the field they stand in.
    private static string Person(GitIdentity who) => $"{Plain(who.Name)} <{Plain(who.Email)}>";

    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsControl(c) && c is not ('<' or '>'))).Trim();

    private static string Time(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeSeconds()} +0000");
}
