using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Holds;

/// <summary>Holds by name, in any order.</summary>
internal static class NamedHolds
{
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(PromisesDb database, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var numbers = names.Select(Hold.NumberIn).OfType<long>().ToArray();
        return [.. (await database.Holds.AsNoTracking().Where(hold => numbers.Contains(hold.Number)).ToListAsync(cancellationToken)).Select(HoldView.Of)];
    }
}
