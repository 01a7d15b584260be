using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Selectors;
using Promises.Server.Features.Fleet;

namespace Promises.Server.Features.Tokens;

/// <summary>A page of tokens by name, without their texts.</summary>
internal static class ListTokens
{
    public sealed record Query(string? After, int Limit, LabelQuery? Selector) : IRequest<ListObjects.Result>;

    public sealed class Handler(PromisesDb db) : IRequestHandler<Query, ListObjects.Result>
    {
        public async Task<ListObjects.Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var version = await FleetLock.VersionAsync(db, cancellationToken);
            var page = await Listing.PageAsync(db.AccessTokens.AsNoTracking(), query.After, query.Limit, query.Selector, cancellationToken);
            return new ListObjects.Result(version, [.. page.Select(token => TokenView.From(token))]);
        }
    }
}
