using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Holds;

/// <summary>A page of holds, newest first.</summary>
internal static class ListHolds
{
    public sealed record Query(string? StateStore, string? After, int Limit) : IRequest<ListObjects.Result>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, ListObjects.Result>
    {
        public async Task<ListObjects.Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var before = query.After is null ? long.MaxValue : long.Parse(query.After, CultureInfo.InvariantCulture);
            var rows = await database.Holds.AsNoTracking()
                .Where(hold => hold.Number < before && (query.StateStore == null || hold.StateStore == query.StateStore))
                .OrderByDescending(hold => hold.Number).Take(query.Limit).ToListAsync(cancellationToken);
            return new ListObjects.Result(await FleetLock.VersionAsync(database, cancellationToken), [.. rows.Select(HoldView.Of)]);
        }
    }
}
