using System.Globalization;
using System.Text;

namespace Promises.Benchmarks.Floors;

/// <summary>What one commit changed, with its bytes: what plain git has to deliver as well.</summary>
/// <param name="Files">No blob where a file was removed.</param>
/// <param name="Content">By blob.</param>
internal sealed record GitChanges(IReadOnlyList<(string Path, string? Blob)> Files, IReadOnlyDictionary<string, byte[]> Content)
{
    public static GitChanges Read(string repository, string from, string to)
    {
        var raw = Encoding.UTF8.GetString(Git.Run(["-C", repository, "diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", from, to]));
        var files = raw.Split('\0', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(pair => (Path: pair[1], Blob: Id(pair[0].Split(' ')[3]))).ToList();
        return new GitChanges(files, Blobs(repository, [.. files.Select(file => file.Blob).OfType<string>().Distinct(StringComparer.Ordinal)]));
    }

    private static string? Id(string blob) => blob.Any(digit => digit != '0') ? blob : null;

    private static Dictionary<string, byte[]> Blobs(string repository, IReadOnlyList<string> ids)
    {
        var output = Git.Run(["-C", repository, "cat-file", "--batch"], Encoding.ASCII.GetBytes(string.Join('\n', ids) + "\n"));
        var blobs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var at = 0; blobs.Count < ids.Count;)
        {
            var end = Array.IndexOf(output, (byte)'\n', at);
            var words = Encoding.ASCII.GetString(output, at, end - at).Split(' ');
            var length = int.Parse(words[2], CultureInfo.InvariantCulture);
            blobs.Add(words[0], output[(end + 1)..(end + 1 + length)]);
            at = end + length + 2;
        }

        return blobs;
    }
}
