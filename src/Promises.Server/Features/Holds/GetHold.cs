using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Holds;

/// <summary>One hold by name.</summary>
internal static class GetHold
{
    public sealed record Query(string Name) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var number = Hold.NumberIn(query.Name);
            var hold = number is null ? null : await database.Holds.AsNoTracking().SingleOrDefaultAsync(row => row.Number == number, cancellationToken);
            return hold is null ? new Failure.NotFound(HoldView.Kind, query.Name) : HoldView.Of(hold);
        }
    }
}
