using System.Text.Json.Nodes;
using MediatR;
using Promises.Data;
using Promises.Selectors;

namespace Promises.Server.Features.Fleet;

/// <summary>A page of objects by name.</summary>
internal static class ListObjects
{
    /// <param name="Limit">One more than the page holds tells whether there is another page.</param>
    public sealed record Query(IFleetKind Kind, string? After, int Limit, LabelQuery? Selector) : IRequest<Result>;

    public sealed record Result(long Version, IReadOnlyList<JsonObject> Items);

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Result>
    {
        public async Task<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var version = await FleetLock.VersionAsync(database, cancellationToken);
            return new Result(version, await query.Kind.ListAsync(database, query.After, query.Limit, query.Selector, cancellationToken));
        }
    }
}
