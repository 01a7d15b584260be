using System.Globalization;
using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Changes;

/// <summary>One change by its number.</summary>
internal static class GetChange
{
    public sealed record Query(string Number) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var change = long.TryParse(query.Number, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? await database.Changes.AsNoTracking().SingleOrDefaultAsync(row => row.Number == number, cancellationToken)
                : null;
            if (change is null) return new Failure.NotFound(ChangeView.Kind, query.Number);
            return await ChangeView.ReadWholeAsync(database, change, cancellationToken);
        }
    }
}
