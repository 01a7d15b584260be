using System.Buffers;
using System.Globalization;
using System.Text;

namespace Promises.StateStores;

/// <summary>git fast-import writes any path it is told, <c>../x</c> and <c>.git/config</c> too; these are the checks it does not make.</summary>
internal static class TreePaths
{
    private const int MostBytes = 1024;
    private const int MostSegmentBytes = 255;

    private static readonly SearchValues<char> Ordinary = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Throws when paths cannot be written together; that is a bug of the caller, who makes the paths and asks <see cref="CommitPaths"/> before.</summary>
    public static void Require(IReadOnlyCollection<FileChange> changes)
    {
        if (new CommitPaths().Take(changes) is { } refusal) throw new ArgumentException(refusal, nameof(changes));
    }

    public static bool IsPath(string path) => Problem(path) is null;

    /// <summary>Why git may not write a path, as a sentence; null if it may.</summary>
    public static string? Problem(string path) =>
        path.Length == 0 ? "A path is empty."
        : Encoding.UTF8.GetByteCount(path) is > MostBytes and var length ? string.Create(CultureInfo.InvariantCulture, $"The path {path[..60]}… is {length} bytes long, and {MostBytes} are allowed.")
        : path[0] == '"' || !AreSegments(path) ? "A path of the commit has a segment that git may not write." : null;

    /// <summary>The directories above a path, nearest first, without the root.</summary>
    public static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1)) yield return path[..slash];
    }

    private static bool AreSegments(ReadOnlySpan<char> path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (!IsOrdinary(path[segment]) && !IsSegment(path[segment].ToString())) return false;
        }

        return true;
    }

    /// <summary>As nearly all are, and seen at once.</summary>
    private static bool IsOrdinary(ReadOnlySpan<char> segment) =>
        segment.Length is > 0 and <= MostSegmentBytes && !segment.ContainsAnyExcept(Ordinary) && segment[0] != '.' && segment[^1] != '.';

    private static bool IsSegment(string segment)
    {
        if (segment.Length == 0 || segment is "." or ".." || Encoding.UTF8.GetByteCount(segment) > MostSegmentBytes) return false;
        if (segment.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\\' or ':')) return false;
        // What HFS+ and NTFS take for .git: characters that are ignored, trailing dots and blanks, the short name.
        var plain = string.Concat(segment.Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.Format)).TrimEnd('.', ' ').ToLowerInvariant();
        return plain is not (".git" or "git~1" or "");
    }
}
