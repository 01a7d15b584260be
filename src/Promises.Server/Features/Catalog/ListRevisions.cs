using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Catalog;

/// <summary>Revisions of one Promise by number, or one of them.</summary>
internal static class ListRevisions
{
    /// <param name="Number">Only this one, where given.</param>
    public sealed record Query(string Promise, int? Number, string? After, int Limit) : IRequest<Outcome<ListObjects.Result>>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Outcome<ListObjects.Result>>
    {
        public async Task<Outcome<ListObjects.Result>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (!await database.Promises.AnyAsync(promise => promise.Name == query.Promise && !promise.Leaving, cancellationToken))
                return new Failure.NotFound(PromiseView.Kind, query.Promise);

            var after = query.After is null ? 0 : int.Parse(query.After, CultureInfo.InvariantCulture);
            var rows = await database.Revisions.AsNoTracking()
                .Where(row => row.Promise == query.Promise && row.Number > after && (query.Number == null || row.Number == query.Number))
                .OrderBy(row => row.Number).Take(query.Limit).ToListAsync(cancellationToken);
            var pins = (await (
                from pin in database.Pins
                join rung in database.Environments on pin.Environment equals rung.Name
                where pin.Promise == query.Promise
                orderby rung.Position
                select new { pin.Revision, pin.Environment }).ToListAsync(cancellationToken)).ToLookup(pin => pin.Revision, pin => pin.Environment);
            return new ListObjects.Result(
                await FleetLock.VersionAsync(database, cancellationToken), [.. rows.Select(row => RevisionView.Of(row, pins[row.Number]))]);
        }
    }
}
