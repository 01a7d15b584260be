using System.Globalization;
using System.Text;

namespace Promises.Benchmarks.Delivery;

/// <summary>What one commit changed, with its bytes: what plain git has to deliver as well. No content where a file was removed.</summary>
internal sealed record GitChanges(IReadOnlyList<(string Path, byte[]? Content)> Files)
{
    public static GitChanges Read(string repository, string from, string to)
    {
        var raw = Encoding.UTF8.GetString(Git.Run(["-C", repository, "diff-tree", "-r", "-z", "--no-renames", from, to]));
        var entries = raw.Split('\0', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(pair => (Path: pair[1], Blob: pair[0].Split(' ')[3])).ToList();
        var blobs = Blobs(repository, [.. entries.Select(entry => entry.Blob).Where(blob => blob.Any(digit => digit != '0')).Distinct(StringComparer.Ordinal)]);
        return new GitChanges([.. entries.Select(entry => (entry.Path, blobs.GetValueOrDefault(entry.Blob)))]);
    }

    private static Dictionary<string, byte[]?> Blobs(string repository, IReadOnlyList<string> ids)
    {
        var output = Git.Run(["-C", repository, "cat-file", "--batch"], Encoding.ASCII.GetBytes(string.Join('\n', ids) + "\n"));
        var blobs = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
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
