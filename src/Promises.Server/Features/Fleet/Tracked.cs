using Microsoft.EntityFrameworkCore;
using Promises.Data;

namespace Promises.Server.Features.Fleet;

/// <summary>Rows of the database as this unit of work would leave them: with what it added and without what it removed. A dry run has nothing else.</summary>
internal static class Tracked
{
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        PromisesDb database, IQueryable<T> query, Func<T, bool> which, CancellationToken cancellationToken)
        where T : class
    {
        await query.LoadAsync(cancellationToken);
        return [.. database.Set<T>().Local.Where(which)];
    }
}
