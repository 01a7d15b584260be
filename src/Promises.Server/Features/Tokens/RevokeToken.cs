using System.Text.Json.Nodes;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Promises.Data;
using Promises.Model;
using Promises.Server.Http.Auth;

namespace Promises.Server.Features.Tokens;

/// <summary>Ends a token: here at once, on other replicas within seconds. The last one that can make others stays.</summary>
internal static class RevokeToken
{
    public sealed record Command(string Name, TokenRequest Request) : IRequest<Outcome<Revoked>>;

    /// <param name="Change">Null after a dry run.</param>
    public sealed record Revoked(JsonObject View, long? Change);

    public sealed class Handler(PromisesDb db, TimeProvider time, TokenDirectory tokens) : IRequestHandler<Command, Outcome<Revoked>>
    {
        public async Task<Outcome<Revoked>> Handle(Command command, CancellationToken cancellationToken)
        {
            var (name, request) = (command.Name, command.Request);
            await using var change = await TokenChange.BeginAsync(db, request, time, cancellationToken);
            var token = await db.AccessTokens.SingleOrDefaultAsync(token => token.Name == name, cancellationToken);
            if (token is null) return new Failure.NotFound("Token", name);
            if (request.Check(token.ResourceVersion) is { } failure) return failure;
            if (token.Role == Role.Admin && !await AnotherAdminAsync(name, cancellationToken))
                return new Failure.InUse("Token", name, [new ObjectReference("Token", name)], "It is the last admin token that does not expire: make another one first.");

            if (request.DryRun) return new Revoked(TokenView.From(token), null);

            db.AccessTokens.Remove(token);
            await change.CommitAsync(EventType.Deleted, name, $"Token {name} revoked", cancellationToken);
            tokens.Forget(name);
            return new Revoked(TokenView.From(token), change.Stamp.Change);
        }

        private Task<bool> AnotherAdminAsync(string name, CancellationToken cancellationToken)
        {
            return db.AccessTokens.AnyAsync(token => token.Name != name && token.Role == Role.Admin && token.ExpiresAt == null, cancellationToken);
        }
    }
}
