using System.Globalization;
using System.Text;

namespace Promises.StateStores;

/// <summary>git fast-import writes any path it is told, <c>../x</c> and <c>.git/config</c> too; these are the checks it does not make.</summary>
internal static class TreePaths
{
    private const int MostBytes = 1024;
    private const int MostSegmentBytes = 255;

    /// <summary>Throws when a path cannot be written; that is a bug of the caller, who makes the paths.</summary>
    public static void Require(IReadOnlyCollection<FileChange> changes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (!IsPath(change.Path)) throw new ArgumentException("A path of a commit is not one that git may write.", nameof(changes));
            if (!seen.Add(change.Path)) throw new ArgumentException("A path stands twice in a commit.", nameof(changes));
        }

        var written = changes.Where(change => change.Content is not null).Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        if (written.Any(path => Parents(path).Any(written.Contains))) throw new ArgumentException("A path of a commit lies below another file of it.", nameof(changes));
    }

    public static bool IsPath(string path) =>
        path.Length > 0 && Encoding.UTF8.GetByteCount(path) <= MostBytes && path[0] != '"' && path.Split('/').All(IsSegment);

    /// <summary>The directories above a path, nearest first, without the root.</summary>
    public static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1)) yield return path[..slash];
    }

    private static bool IsSegment(string segment)
    {
        if (segment.Length == 0 || segment is "." or ".." || Encoding.UTF8.GetByteCount(segment) > MostSegmentBytes) return false;
        if (segment.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\\' or ':')) return false;
        // What HFS+ and NTFS take for .git: characters that are ignored, trailing dots and blanks, the short name.
        var plain = string.Concat(segment.Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.Format)).TrimEnd('.', ' ').ToLowerInvariant();
        return plain is not (".git" or "git~1" or "");
    }
}
