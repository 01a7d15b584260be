using Microsoft.EntityFrameworkCore;
using Promises.Model;
using Promises.Selectors;

namespace Promises.Server.Features.Fleet;

/// <summary>Reads a page by name. Label selectors are judged here, by the code that judges clusters, and not by a second one in SQL.</summary>
internal static class Listing
{
    private const int Batch = 1000;

    public static Task<IReadOnlyList<T>> PageAsync<T>(
        IQueryable<T> source, string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
        where T : FleetObject =>
        PageAsync(
            last => last is null ? source.OrderBy(row => row.Name) : source.Where(row => string.Compare(row.Name, last) > 0).OrderBy(row => row.Name),
            row => row.Name, row => row.Labels, after, limit, selector, cancellationToken);

    /// <param name="from">The rows after a key, in the order of keys.</param>
    public static async Task<IReadOnlyList<T>> PageAsync<T>(
        Func<string?, IQueryable<T>> from, Func<T, string> key, Func<T, IReadOnlyDictionary<string, string>> labels,
        string? after, int limit, LabelQuery? selector, CancellationToken cancellationToken)
    {
        var page = new List<T>();
        var size = selector is null ? limit : Batch;
        while (page.Count < limit)
        {
            var rows = await from(after).Take(size).ToListAsync(cancellationToken);
            page.AddRange(rows.Where(row => selector is null || selector.Matches(labels(row))).Take(limit - page.Count));
            if (rows.Count < size) break;
            after = key(rows[^1]);
        }

        return page;
    }
}
