using System.Text.Json.Nodes;
using MediatR;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Fleet;

/// <summary>One object by name.</summary>
internal static class GetObject
{
    public sealed record Query(IFleetKind Kind, string Name) : IRequest<Outcome<JsonObject>>;

    internal sealed class Handler(PromisesDb database) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var source = await query.Kind.FindAsync(database, query.Name, cancellationToken);
            var view = source is null ? null : await query.Kind.ViewAsync(database, source, cancellationToken);
            return view is null ? new Failure.NotFound(query.Kind.Kind, query.Name) : view;
        }
    }
}
