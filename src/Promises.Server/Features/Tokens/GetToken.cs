using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;

namespace Promises.Server.Features.Tokens;

internal static class GetToken
{
    public sealed record Query(string Name) : IRequest<Outcome<JsonObject>>;

    public sealed class Handler(PromisesDb db) : IRequestHandler<Query, Outcome<JsonObject>>
    {
        public async Task<Outcome<JsonObject>> Handle(Query query, CancellationToken cancellationToken)
        {
            var token = await db.AccessTokens.AsNoTracking().SingleOrDefaultAsync(token => token.Name == query.Name, cancellationToken);
            return token is null ? new Failure.NotFound("Token", query.Name) : TokenView.From(token);
        }
    }
}
