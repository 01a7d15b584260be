using System.Globalization;
using System.Text;

namespace Promises.Benchmarks.Floors;

/// <summary>Commits as <c>git fast-import</c> reads them. What several files share is sent once, which is the quickest way known.</summary>
internal sealed class ImportStream : IDisposable
{
    private static readonly string[] s_import = ["-c", "core.fsync=none", "-c", "pack.compression=1", "fast-import", "--quiet", "--force", "--done"];

    private readonly MemoryStream _stream = new();
    private readonly Dictionary<string, int> _marks = new(StringComparer.Ordinal);
    private int _commits;
    private int _last;

    /// <summary>One commit of these changes on top of another; its ref is <c>refs/w/pending-n</c>.</summary>
    public void Add(GitChanges changes, string from)
    {
        var shared = changes.Files.Where(file => file.Blob is not null).GroupBy(file => file.Blob!, StringComparer.Ordinal).Where(same => same.Skip(1).Any());
        foreach (var blob in shared.Select(same => same.Key).Where(blob => !_marks.ContainsKey(blob)))
        {
            _marks.Add(blob, ++_last);
            Text($"blob\nmark :{_last}\n");
            Data(changes.Content[blob]);
        }

        Text($"commit refs/w/pending-{_commits++}\nmark :{++_last}\nauthor a <a@localhost> 1700000000 +0000\ncommitter a <a@localhost> 1700000000 +0000\ndata 5\nfloor\nfrom {from}\n");
        foreach (var (path, blob) in changes.Files)
        {
            if (blob is null) Text($"D {path}\n");
            else if (_marks.TryGetValue(blob, out var mark)) Text($"M 100644 :{mark} {path}\n");
            else
            {
                Text($"M 100644 inline {path}\n");
                Data(changes.Content[blob]);
            }
        }

        Text($"\nget-mark :{_last}\n");
    }

    public byte[] ToArray()
    {
        Text("done\n");
        return _stream.ToArray();
    }

    /// <returns>The ids of the commits, in order.</returns>
    public static string[] Import(string repository, byte[] stream) =>
        Encoding.ASCII.GetString(Git.Run(["-C", repository, .. s_import], stream)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static byte[] Of(GitChanges changes, string from)
    {
        using var stream = new ImportStream();
        stream.Add(changes, from);
        return stream.ToArray();
    }

    public void Dispose() => _stream.Dispose();

    private void Text(string text) => _stream.Write(Encoding.UTF8.GetBytes(text));

    private void Data(byte[] content)
    {
        Text(string.Create(CultureInfo.InvariantCulture, $"data {content.Length}\n"));
        _stream.Write(content);
        Text("\n");
    }
}
