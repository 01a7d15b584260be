using System.Linq.Expressions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Placements;

/// <summary>A page of placements by name, of those that the filters let through.</summary>
internal static class ListPlacements
{
    public sealed record Query(
        string? Cluster, string? Promise, string? Environment, string? State, string? After, int Limit, LabelQuery? Selector) : IRequest<ListObjects.Result>;

    internal sealed class Handler(PromisesDb database, FleetState fleet) : IRequestHandler<Query, ListObjects.Result>
    {
        public async Task<ListObjects.Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var snapshot = await fleet.ReadAsync(database, cancellationToken);
            var inState = query.State is null ? null : PlacementStates.Is(database, query.State);
            var rows = await Listing.PageAsync(
                last => Filter(query, inState, last), row => row.Name, PlacementView.Labels, query.After, query.Limit, query.Selector, cancellationToken);
            var deliveries = await Deliveries.OfAsync(database, snapshot, rows, cancellationToken);
            return new ListObjects.Result(snapshot.Version, [.. rows.Select(row => PlacementView.Of(row, snapshot, deliveries(row)))]);
        }

        private IQueryable<Placement> Filter(Query query, Expression<Func<Placement, bool>>? inState, string? last)
        {
            var rows = database.Placements.AsNoTracking();
            if (query.Cluster is not null) rows = rows.Where(row => row.Cluster == query.Cluster);
            if (query.Promise is not null) rows = rows.Where(row => row.Promise == query.Promise);
            if (query.Environment is not null) rows = rows.Where(row => row.Environment == query.Environment);
            if (inState is not null) rows = rows.Where(inState);
            if (last is not null) rows = rows.Where(row => string.Compare(row.Name, last) > 0);
            return rows.OrderBy(row => row.Name);
        }
    }
}
