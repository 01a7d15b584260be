using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Placements;

/// <summary>One placement, <c>promise.cluster</c>.</summary>
internal static class GetPlacement
{
    public sealed record Query(string Name) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database, FleetState fleet) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var snapshot = await fleet.ReadAsync(database, cancellationToken);
            var placement = await database.Placements.AsNoTracking().SingleOrDefaultAsync(row => row.Name == query.Name, cancellationToken);
            if (placement is null) return new Failure.NotFound(PlacementView.Kind, query.Name);

            var deliveries = await Deliveries.OfAsync(database, snapshot, [placement], cancellationToken);
            return PlacementView.Of(placement, snapshot, deliveries(placement));
        }
    }
}
