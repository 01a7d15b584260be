using System.Text;

namespace Promises.StateStores;

/// <summary>What <c>git-receive-pack</c> answers to a push: whether it took the pack, and what became of each ref.</summary>
/// <param name="Unpack"><c>ok</c>, or why it did not take the pack.</param>
/// <param name="Refusals">Why, by ref; null for one that was moved.</param>
/// <param name="Words">What the host and its hooks said beside that.</param>
internal sealed record PushAnswer(string Unpack, IReadOnlyDictionary<string, string?> Refusals, string Words)
{
    public bool IsUnpacked => Unpack == "ok";

    /// <param name="refs">Those that were asked for. An answer that leaves out one, or has others, is none.</param>
    /// <exception cref="InvalidDataException">It is not quite such an answer: what became of the push is unknown.</exception>
    public static PushAnswer Read(ReadOnlyMemory<byte> body, PushCapabilities capabilities, IReadOnlySet<string> refs)
    {
        var (report, words) = capabilities.HasSideBands ? Split(body) : (body, "");
        var lines = new PktReader(report);
        if (Argument(lines.NextText(), "unpack ") is not { } unpack) throw Odd();

        var refusals = new Dictionary<string, string?>(StringComparer.Ordinal);
        while (lines.NextText() is { } line)
        {
            var (name, reason) = Argument(line, "ok ") is { } moved ? (moved, null) : Refused(line);
            if (!refs.Contains(name) || !refusals.TryAdd(name, reason)) throw Odd();
        }

        if (!lines.AtEnd || refusals.Count < refs.Count || (unpack != "ok" && refusals.ContainsValue(null))) throw Odd();
        return new PushAnswer(unpack, refusals, words);
    }

    private static (string Name, string Reason) Refused(string line) =>
        Argument(line, "ng ")?.Split(' ', 2) is [var name, { Length: > 0 } reason] ? (name, reason) : throw Odd();

    private static string? Argument(string? line, string word) =>
        line is not null && line.StartsWith(word, StringComparison.Ordinal) && line.Length > word.Length ? line[word.Length..] : null;

    /// <summary>The first band has the report, the second words for people; the third is how the host says that it gives up.</summary>
    private static (ReadOnlyMemory<byte> Report, string Words) Split(ReadOnlyMemory<byte> body)
    {
        using var report = new MemoryStream();
        using var words = new MemoryStream();
        var bands = new PktReader(body);
        while (bands.Next() is { } line)
        {
            if (line.Length == 0 || line.Span[0] is not (1 or 2)) throw Odd();
            (line.Span[0] == 1 ? report : words).Write(line.Span[1..]);
        }

        return bands.AtEnd ? (report.ToArray(), Encoding.UTF8.GetString(words.ToArray())) : throw Odd();
    }

    private static InvalidDataException Odd() => new("The answer does not say what became of the push.");
}
