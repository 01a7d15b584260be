using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Changes;

/// <summary>A page of changes, newest first.</summary>
internal static class ListChanges
{
    public sealed record Query(string? After, int Limit) : IRequest<ListObjects.Result>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, ListObjects.Result>
    {
        public async Task<ListObjects.Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var before = query.After is null ? long.MaxValue : long.Parse(query.After, CultureInfo.InvariantCulture);
            var rows = await database.Changes.AsNoTracking().Where(change => change.Number < before)
                .OrderByDescending(change => change.Number).Take(query.Limit).ToListAsync(cancellationToken);
            return new ListObjects.Result(
                await FleetLock.VersionAsync(database, cancellationToken), await ChangeView.ReadAsync(database, rows, cancellationToken));
        }
    }
}
