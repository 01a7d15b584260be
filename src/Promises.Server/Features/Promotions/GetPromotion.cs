using System.Globalization;
using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Promotions;

/// <summary>One promotion by name.</summary>
internal static class GetPromotion
{
    public sealed record Query(string Name) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var known = query.Name.StartsWith("p-", StringComparison.Ordinal)
                && long.TryParse(query.Name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out _);
            var number = known ? long.Parse(query.Name.AsSpan(2), CultureInfo.InvariantCulture) : 0;
            var promotion = await database.Promotions.AsNoTracking().SingleOrDefaultAsync(row => row.Change == number, cancellationToken);
            if (promotion is null) return new Failure.NotFound(PromotionView.Kind, query.Name);

            var impact = await database.Changes.AsNoTracking().Where(change => change.Number == number).Select(change => change.Impact).SingleAsync(cancellationToken);
            return PromotionView.Of(promotion, JsonNode.Parse(impact)!);
        }
    }
}
