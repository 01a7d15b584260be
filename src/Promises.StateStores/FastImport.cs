using System.Globalization;
using System.Text;

namespace Promises.StateStores;

/// <summary>The stream that <c>git fast-import</c> reads to build commits, and what it answers.</summary>
internal static class FastImport
{
    // Without --done a stream that is cut between two commands is committed all the same.
    public static readonly IReadOnlyList<string> Arguments = ["fast-import", "--quiet", "--force", "--done"];

    /// <param name="acknowledge">Whether to note each base as what the remote is known to have.</param>
    public static async Task WriteAsync(IReadOnlyList<CommitSpec> specs, bool acknowledge, Stream to, CancellationToken cancellationToken)
    {
        await using var stream = new BufferedStream(to, 64 * 1024);
        foreach (var spec in specs)
        {
            if (acknowledge && spec.Base is not null) await TextAsync($"reset {RefNames.Acknowledged(spec.Branch)}\nfrom {spec.Base}\n\n");
        }

        // The first marks are the commits'.
        var marks = new Dictionary<byte[], int>(ReferenceEqualityComparer.Instance);
        foreach (var content in Shared(specs))
        {
            marks.Add(content, specs.Count + marks.Count + 1);
            await TextAsync($"blob\nmark :{Number(marks[content])}\n");
            await DataAsync(content);
        }

        for (var i = 0; i < specs.Count; i++) await CommitAsync(specs[i], Number(i + 1));
        await TextAsync("done\n");

        async ValueTask CommitAsync(CommitSpec spec, string mark)
        {
            await TextAsync($"commit {RefNames.Pending(spec.Branch)}\nmark :{mark}\n{CommitText.People(spec)}");
            await DataAsync(Encoding.UTF8.GetBytes(spec.Message));
            if (spec.Base is not null) await TextAsync($"from {spec.Base}\nls \"\"\n");
            // Deletions first: what was a directory may become a file.
            foreach (var change in spec.Changes.Where(change => change.Content is null)) await TextAsync($"D {change.Path}\n");
            foreach (var change in spec.Changes)
            {
                if (change.Content is not { } content) continue;
                if (marks.TryGetValue(content, out var shared))
                {
                    await TextAsync($"M 100644 :{Number(shared)} {change.Path}\n");
                    continue;
                }

                await TextAsync($"M 100644 inline {change.Path}\n");
                await DataAsync(content);
            }

            await TextAsync($"ls \"\"\n\nget-mark :{mark}\n");
        }

        ValueTask TextAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

        async ValueTask DataAsync(byte[] bytes)
        {
            await TextAsync($"data {Number(bytes.Length)}\n");
            await stream.WriteAsync(bytes, cancellationToken);
            await TextAsync("\n");
        }
    }

    /// <summary>The id of each commit; null where its files are those of the base.</summary>
    public static IReadOnlyList<string?> Read(IReadOnlyList<CommitSpec> specs, GitResult result)
    {
        var lines = new Queue<string>(result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return
        [
            .. specs.Select(spec =>
            {
                var before = spec.Base is null ? null : lines.Dequeue();
                var differs = lines.Dequeue() != before;
                var commit = RefNames.RequireCommit(lines.Dequeue());
                return differs ? commit : null;
            }),
        ];
    }

    /// <summary>What one revision brings to many clusters is the same bytes in the same array: sent, hashed and packed once.</summary>
    private static IEnumerable<byte[]> Shared(IEnumerable<CommitSpec> specs) => specs.SelectMany(spec => spec.Changes).Select(change => change.Content).OfType<byte[]>()
        .GroupBy(content => content, (IEqualityComparer<byte[]>)ReferenceEqualityComparer.Instance).Where(same => same.Skip(1).Any()).Select(same => same.Key);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
