using System.Globalization;
using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Promotions;

/// <summary>A page of promotions, newest first.</summary>
internal static class ListPromotions
{
    public sealed record Query(string? After, int Limit) : IRequest<ListObjects.Result>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, ListObjects.Result>
    {
        public async Task<ListObjects.Result> Handle(Query query, CancellationToken cancellationToken)
        {
            // Before the rows, as in every list: what is accepted meanwhile comes after this version.
            var version = await FleetLock.VersionAsync(database, cancellationToken);
            var before = query.After is null ? long.MaxValue : long.Parse(query.After, CultureInfo.InvariantCulture);
            var rows = await (
                from promotion in database.Promotions.AsNoTracking()
                join change in database.Changes.AsNoTracking() on promotion.Change equals change.Number
                where promotion.Change < before
                orderby promotion.Change descending
                select new { promotion, change.Impact }).Take(query.Limit).ToListAsync(cancellationToken);
            return new ListObjects.Result(version, [.. rows.Select(row => PromotionView.Of(row.promotion, JsonNode.Parse(row.Impact)!))]);
        }
    }
}
