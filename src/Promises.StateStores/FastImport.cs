using System.Globalization;
using System.Text;
using Promises.Model;

namespace Promises.StateStores;

/// <summary>The stream that <c>git fast-import</c> reads to build one commit, and what it answers.</summary>
internal static class FastImport
{
    // Without --done a stream that is cut between two commands is committed all the same.
    public static readonly IReadOnlyList<string> Arguments = ["fast-import", "--quiet", "--force", "--done"];

    /// <param name="acknowledged">A ref that is set to the base, which the remote is known to have.</param>
    public static async Task WriteAsync(CommitSpec spec, string? acknowledged, Stream to, CancellationToken cancellationToken)
    {
        await using var stream = new BufferedStream(to, 64 * 1024);
        if (acknowledged is not null && spec.Base is not null) await TextAsync($"reset {acknowledged}\nfrom {spec.Base}\n\n");
        var marks = new Dictionary<byte[], int>(ReferenceEqualityComparer.Instance);
        foreach (var content in Shared(spec))
        {
            marks.Add(content, marks.Count + 2);
            await TextAsync(string.Create(CultureInfo.InvariantCulture, $"blob\nmark :{marks[content]}\n"));
            await DataAsync(content);
        }

        await TextAsync($"commit {RefNames.Pending}\nmark :1\nauthor {Person(spec.Author)} {Time(spec.At)}\ncommitter {Person(spec.Committer)} {Time(spec.At)}\n");
        await DataAsync(Encoding.UTF8.GetBytes(spec.Message));
        if (spec.Base is not null) await TextAsync($"from {spec.Base}\nls \"\"\n");
        // Deletions first: what was a directory may become a file.
        foreach (var change in spec.Changes.Where(change => change.Content is null)) await TextAsync($"D {change.Path}\n");
        foreach (var change in spec.Changes)
        {
            if (change.Content is not { } content) continue;
            if (marks.TryGetValue(content, out var mark))
            {
                await TextAsync(string.Create(CultureInfo.InvariantCulture, $"M 100644 :{mark} {change.Path}\n"));
                continue;
            }

            await TextAsync($"M 100644 inline {change.Path}\n");
            await DataAsync(content);
        }

        await TextAsync("ls \"\"\n\nget-mark :1\ndone\n");

        ValueTask TextAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

        async ValueTask DataAsync(byte[] bytes)
        {
            await TextAsync(string.Create(CultureInfo.InvariantCulture, $"data {bytes.Length}\n"));
            await stream.WriteAsync(bytes, cancellationToken);
            await TextAsync("\n");
        }
    }

    /// <summary>The id of the commit, and whether its files are other than those of the base.</summary>
    public static (string Commit, bool Differs) Read(GitResult result)
    {
        var lines = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var trees = lines[..^1];
        return (RefNames.RequireCommit(lines[^1]), trees.Length < 2 || trees[0] != trees[1]);
    }

    /// <summary>What one revision brings to many clusters is the same bytes in the same array: sent, hashed and packed once.</summary>
    private static IEnumerable<byte[]> Shared(CommitSpec spec) => spec.Changes.Select(change => change.Content).OfType<byte[]>()
        .GroupBy(content => content, (IEqualityComparer<byte[]>)ReferenceEqualityComparer.Instance).Where(same => same.Skip(1).Any()).Select(same => same.Key);

    // Names come from clients; these characters would end the field they stand in.
    private static string Person(GitIdentity who) => $"{Plain(who.Name)} <{Plain(who.Email)}>";

    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsControl(c) && c is not ('<' or '>'))).Trim();

    private static string Time(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeSeconds()} +0000");
}
