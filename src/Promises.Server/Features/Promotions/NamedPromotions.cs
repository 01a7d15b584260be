using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;

namespace Promises.Server.Features.Promotions;

/// <summary>Promotions by name, in any order.</summary>
internal static class NamedPromotions
{
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var numbers = names.Select(name => long.Parse(name.AsSpan(2), CultureInfo.InvariantCulture)).ToArray();
        var rows = await (
            from promotion in database.Promotions.AsNoTracking()
            join change in database.Changes.AsNoTracking() on promotion.Change equals change.Number
            where numbers.Contains(promotion.Change)
            select new { promotion, change.Impact }).ToListAsync(cancellationToken);
        return [.. rows.Select(row => PromotionView.Of(row.promotion, JsonNode.Parse(row.Impact)!))];
    }
}
